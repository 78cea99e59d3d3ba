// As much of a browser as signing in without scripts takes: cookies, redirects, forms.

export class Browser {
  #cookies = new Map();

  /** Follows redirects from `url` until one leads to `stopAt`, and fills in each page on the way by `fill`. */
  async walk(url, stopAt, fill, maxSteps = 20) {
    let request = { url: String(url), method: "GET" };
    for (let step = 0; step < maxSteps; step++) {
      const response = await this.#send(request);
      const location = response.headers.get("location");
      if (location !== null) {
        if (![302, 303].includes(response.status)) {
          throw new Error(`${request.method} ${pathOf(request.url)} redirects with ${response.status}`);
        }
        await response.body?.cancel();
        const target = new URL(location, request.url);
        if (target.href.startsWith(stopAt + "?")) {
          return target;
        }
        if (target.origin !== new URL(url).origin) {
          throw new Error(`${pathOf(request.url)} leads away to ${target.origin}`);
        }
        request = { url: target.href, method: "GET" };
        continue;
      }

      const page = await response.text();
      const next = fill(readForms(page));
      if (response.status !== 200 || next === undefined) {
        throw new Error(`${request.method} ${pathOf(request.url)} answers ${response.status} with a page of no use: ${textOf(page)}`);
      }
      request = { url: new URL(next.action, request.url).href, method: "POST", body: new URLSearchParams(next.fields) };
    }
    throw new Error(`no end after ${maxSteps} steps`);
  }

  async #send({ url, method, body }) {
    const headers = { accept: "text/html" };
    if (this.#cookies.size > 0) {
      headers.cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    }
    if (method === "POST") {
      headers.origin = new URL(url).origin;
    }
    const response = await fetch(url, { method, body, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(";").map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (attributes.some((attribute) => isExpiry(attribute))) {
        this.#cookies.delete(name);
      } else {
        this.#cookies.set(name, value);
      }
    }
    return response;
  }
}

/** The forms of a page: action, what would be sent as it stands, the fields a person fills in, the buttons. */
export function readForms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, attributes, content]) => {
    const form = { action: attributesOf(attributes).action ?? "", fields: [], inputs: new Set(), buttons: [] };
    for (const [, tag, text] of content.matchAll(/<(input|button)\b([^>]*)>/gi)) {
      const { name, type = tag.toLowerCase() === "button" ? "submit" : "text", value, checked, disabled } = attributesOf(text);
      if (name === undefined || disabled !== undefined) {
        continue;
      }
      if (type === "submit") {
        form.buttons.push([name, value ?? ""]);
      } else if (type === "checkbox" || type === "radio") {
        if (checked !== undefined) {
          form.fields.push([name, value ?? "on"]);
        }
      } else if (type === "hidden") {
        form.fields.push([name, value ?? ""]);
      } else {
        form.inputs.add(name);
      }
    }
    return form;
  });
}

function attributesOf(text) {
  return Object.fromEntries(
    [...text.matchAll(/([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)].map(([, name, double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ""),
    ]),
  );
}

function decode(text) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, name) =>
    name !== undefined ? named[name.toLowerCase()] : String.fromCodePoint(hex !== undefined ? parseInt(hex, 16) : Number(decimal)),
  );
}

function isExpiry(attribute) {
  const [name, value = ""] = attribute.toLowerCase().split("=");
  return (name === "max-age" && Number(value) <= 0) || (name === "expires" && Date.parse(value) < Date.now());
}

const pathOf = (url) => new URL(url).pathname;
const textOf = (html) => html.replace(/<style[\s\S]*?<\/style>|<[^>]*>/gi, " ").replace(/\s+/g, " ").trim().slice(0, 300);
