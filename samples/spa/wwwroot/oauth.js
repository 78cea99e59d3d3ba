// Authorization code with PKCE (OAuth 2.1 §4.1), ID token (OpenID Connect Core) and refresh, without a library.

/** A sign-in that did not work, in words for a person. */
export class SignInError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export class OAuthClient {
  // Memory only. What a script injected into this page could read from localStorage would still be there next year.
  #config;
  #tokens = null;
  #claims = null;
  #refreshing = null;
  #metadata = null;
  refreshes = 0;

  constructor(config) { this.#config = config; }

  get isSignedIn() { return this.#tokens !== null; }
  get expiresAt() { return this.#tokens.expiresAt; }

  forget() { this.#tokens = this.#claims = null; }

  /** An endpoint by its name in discovery (RFC 8414 §2). */
  async endpoint(name) {
    this.#metadata ??= await getJson(this.#config.issuer + "/.well-known/openid-configuration");
    if (this.#metadata.issuer !== this.#config.issuer) { throw new Error("the server calls itself by another name"); }
    return this.#metadata[name];
  }

  /** Leaves this page for the server's. */
  async signIn() {
    const attempt = { state: random(), nonce: random(), verifier: random() };
    // For the way there and back only: of this tab, of this origin, removed at the return.
    sessionStorage.setItem("sign-in", JSON.stringify(attempt));
    location.assign(await this.endpoint("authorization_endpoint") + "?" + new URLSearchParams({
      response_type: "code",
      client_id: this.#config.clientId,
      redirect_uri: this.#config.redirectUri,
      scope: this.#config.scope,
      resource: this.#config.api,                       // RFC 8707: the API that the access token is for
      state: attempt.state,                             // ties the answer to this tab
      nonce: attempt.nonce,                             // ties the ID token to this attempt
      code_challenge: base64url(await sha256(attempt.verifier)),   // ties the code to us: only its hash travels
      code_challenge_method: "S256",
    }));
  }

  /** Back again: checks the answer, trades its code for tokens, checks the ID token. */
  async finishSignIn(answer) {
    const attempt = JSON.parse(sessionStorage.getItem("sign-in"));
    sessionStorage.removeItem("sign-in");
    if (attempt === null || answer.get("state") !== attempt.state) {
      throw new SignInError("This answer does not belong to a sign-in that was begun in this tab. Please sign in again.", "wrong_state");
    }
    if (answer.get("iss") !== this.#config.issuer) {   // RFC 9207 §2.4: an error must be from the right server, too
      throw new SignInError("This answer is not from the server that was asked. Please sign in again.", "wrong_issuer");
    }
    if (answer.has("error")) {
      const denied = answer.get("error") === "access_denied";
      throw new SignInError(denied ? "You did not allow it, so you are not signed in. Nothing was shared." : "The server could not sign you in.", answer.get("error"));
    }
    await this.#request({
      grant_type: "authorization_code",
      code: answer.get("code"),
      redirect_uri: this.#config.redirectUri,
      code_verifier: attempt.verifier,
    }, attempt.nonce);
  }

  /** An access token that is good for half a minute at least: expiry is handled before it bites. */
  async accessToken() {
    if (this.#tokens === null) { throw new SignInError("You are not signed in.", "no_token"); }
    if (Date.now() > this.#tokens.expiresAt - 30_000 && this.#tokens.refreshToken) {
      // A refresh token is used once: calls that come at the same time wait for the same refresh.
      this.#refreshing ??= this.#request({ grant_type: "refresh_token", refresh_token: this.#tokens.refreshToken })
        .then(() => { this.refreshes++; })
        .finally(() => { this.#refreshing = null; });
      await this.#refreshing;
    }
    return this.#tokens.accessToken;
  }

  async #request(parameters, nonce) {
    const before = this.#tokens;
    const asked = Date.now();
    const response = await fetch(await this.endpoint("token_endpoint"), {
      method: "POST",
      body: new URLSearchParams({ client_id: this.#config.clientId, ...parameters }),   // a public client has no secret: PKCE proves who began
    });
    if (response.status >= 500) { throw new Error("the server is busy or not well"); }   // says nothing about our tokens: keep them, try later
    const body = await response.json();
    if (!response.ok) {
      throw new SignInError(before ? "Your sign-in has ended. Please sign in again." : "The server could not sign you in.", body.error);
    }
    if (body.id_token) {
      const claims = await this.#verify(body.id_token);
      if (before ? claims.sub !== this.#claims.sub : claims.nonce !== nonce) { throw untrusted("another sign-in's"); }
      this.#claims = claims;
    } else if (!before) {
      throw untrusted("missing");
    }
    if (this.#tokens !== before) { throw new SignInError("You signed out in the meantime.", "signed_out"); }
    this.#tokens = {
      accessToken: body.access_token,
      expiresAt: new Date(asked + body.expires_in * 1000),
      refreshToken: body.refresh_token ?? before?.refreshToken,   // the new one, from now on
    };
  }

  /** OIDC Core §3.1.3.7: signature by the server's published key, then issuer, audience, expiry. */
  async #verify(idToken) {
    const [header64, payload64, signature64] = idToken.split(".");
    const header = parse(header64);
    const { keys } = await getJson(await this.endpoint("jwks_uri"));
    const jwk = keys.find((key) => key.kid === header.kid);
    const algorithm = { RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } }[header.alg];
    if (!jwk || !algorithm) { throw untrusted("signed by nobody we know"); }
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    if (!await crypto.subtle.verify(algorithm, key, bytes(signature64), new TextEncoder().encode(`${header64}.${payload64}`))) { throw untrusted("wrongly signed"); }

    const claims = parse(payload64);
    if (claims.iss !== this.#config.issuer) { throw untrusted("of another server"); }
    if (claims.aud !== this.#config.clientId) { throw untrusted("for another application"); }
    if (claims.exp * 1000 + 10_000 < Date.now()) { throw untrusted("expired (is this computer's clock right?)"); }
    return claims;
  }
}

const untrusted = (why) => new SignInError(`The server's answer could not be trusted: its ID token is ${why}. Please sign in again.`, "invalid_id_token");

async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) { throw new Error(`${url} answers ${response.status}`); }
  return response.json();
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const sha256 = (text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const parse = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));
