// A single-page application: a public client (OAuth 2.1 with PKCE), in the browser alone.
// This file is the page; what speaks OAuth is in oauth.js.
import { OAuthClient, SignInError } from "./oauth.js";

const config = await (await fetch("/config.json")).json();
const oauth = new OAuthClient({
  ...config,
  redirectUri: location.origin + "/callback",
  scope: "openid profile email offline_access read:profile read:files",
});
const $ = (id) => document.getElementById(id);

// Each tab has its own tokens, so no two tabs ever use the same refresh token. Only "signed out" is told to all.
const tabs = new BroadcastChannel("signed-out");
tabs.onmessage = () => { oauth.forget(); showSignedOut("Signed out in another tab"); };

$("sign-in").onclick = () => attempt(() => oauth.signIn());
$("call").onclick = () => attempt(showSignedIn);
$("sign-out").onclick = () => {
  oauth.forget();
  tabs.postMessage("");
  showSignedOut("Signed out");
  $("server-sign-out").hidden = false;
  $("server-sign-out").querySelector("a").href = config.issuer + "/logout";
};

await attempt(async () => {
  if (location.pathname === "/callback") {
    const answer = new URLSearchParams(location.search);
    history.replaceState(null, "", "/");   // the code leaves the address bar and the history
    await oauth.finishSignIn(answer);
    await showSignedIn();
  } else {
    showSignedOut("Sample single-page app");
  }
});

/** Does it, and shows a person what went wrong. */
async function attempt(action) {
  $("problem").hidden = true;
  try {
    await action();
  } catch (fault) {
    const known = fault instanceof SignInError;
    if (known) { oauth.forget(); }
    if (known || !oauth.isSignedIn) { showSignedOut("That did not work"); }
    $("problem").textContent = known ? `${fault.message} (${fault.code})` : `A server does not answer as it should. Try again in a moment. (${fault.message})`;
    $("problem").hidden = false;
  }
}

async function showSignedIn() {
  const [me, user] = await Promise.all([callApi(config.api + "/api/me"), callApi(await oauth.endpoint("userinfo_endpoint"))]);
  $("title").textContent = `Hello, ${user.name ?? user.sub}`;
  $("api").textContent = JSON.stringify(me, null, 2);
  $("userinfo").replaceChildren(...Object.entries(user).map(([name, value]) => {
    const row = document.createElement("tr");
    row.append(document.createElement("th"), document.createElement("td"));
    row.firstChild.textContent = name;   // text, never HTML: it comes from elsewhere
    row.lastChild.textContent = typeof value === "object" ? JSON.stringify(value) : value;
    return row;
  }));
  $("until").textContent = oauth.expiresAt.toLocaleTimeString();
  $("refreshes").textContent = oauth.refreshes;
  show("signed-in");
}

async function callApi(url) {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${await oauth.accessToken()}` } });
  if (response.ok) { return response.json(); }
  // A person may have unticked a scope at the consent page: the application goes on with what it got.
  if (response.status === 403) { return { refused: "You did not allow this.", because: response.headers.get("WWW-Authenticate") }; }
  if (response.status === 401) { throw new SignInError("Your sign-in has ended. Please sign in again.", "invalid_token"); }
  throw new Error(`${url} answers ${response.status}`);
}

function showSignedOut(title) {
  $("title").textContent = title;
  $("api").textContent = "";
  $("userinfo").replaceChildren();
  show("signed-out");
}

function show(section) {
  for (const id of ["signed-out", "signed-in"]) { $(id).hidden = id !== section; }
  $("server-sign-out").hidden = true;
}
