// What scripts of this folder share: a configured openid-client, a person who signs in, and one line of JSON for each scenario.
import { text } from "node:stream/consumers";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";

/** Settings come as JSON on standard input: { issuer, username, password, … }. */
export const settings = JSON.parse(await text(process.stdin));

/** Discovery for one application; `metadata` is what it is registered with beyond its id. */
export function configure({ id }, authentication, metadata = {}) {
  const insecure = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  return client.discovery(new URL(settings.issuer), id, metadata, authentication, { execute: [...insecure, client.enableNonRepudiationChecks] });
}

/** Code with PKCE, by a person who types name and password and allows what is ticked. */
export async function signIn(config, { redirectUri, scope }, parameters = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...parameters,
  });
  const answer = await new Browser().walk(url, redirectUri, fill);
  return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state });
}

/** An authorization request of OpenID Connect with PKCE, and what its answer must fit. */
export async function newRequest({ redirectUri, scope }) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  return {
    request: {
      redirect_uri: redirectUri,
      scope,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    },
    checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
  };
}

/** What a person would do with a page: sign in, or allow what is ticked. */
export function fill(forms) {
  const login = forms.find((form) => form.inputs.has("password"));
  if (login !== undefined) {
    return { action: login.action, fields: [...login.fields, ["username", settings.username], ["password", settings.password]] };
  }
  const consent = forms.find((form) => form.buttons.some(([name, value]) => name === "decision" && value === "allow"));
  return consent && { action: consent.action, fields: [...consent.fields, ["decision", "allow"]] };
}

/** Runs the scenarios named on the command line, or all; tokens are never printed. */
export async function run(scenarios) {
  const named = process.argv.slice(2);
  for (const scenario of named.length > 0 ? named : Object.keys(scenarios)) {
    let result;
    try {
      result = { scenario, ok: true, ...(await scenarios[scenario]()) };
    } catch (error) {
      process.exitCode = 1;
      const { code, status, error: wire, error_description: description, cause } = error;
      result = { scenario, ok: false, error: error.message, code, status, wire, description, cause: cause?.message };
    }
    console.log(JSON.stringify(result));
  }
}
