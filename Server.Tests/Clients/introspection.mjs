// RFC 7662 and RFC 9701, driven by openid-client.
//   node introspection.mjs [scenario…]
// Settings as in session.mjs, and clients: { app: { id, secret, redirectUri, scope }, api: { id, secret, resource }, stranger: { id, secret }, public: { id } }
import assert from "node:assert/strict";
import * as client from "openid-client";
import { configure, run, settings, signIn } from "./session.mjs";

const { app, api, stranger } = settings.clients;
const as = (application, metadata) => configure(application, client.ClientSecretBasic(application.secret), metadata);
const tokensOf = async () => signIn(await as(app), app, { resource: api.resource });

await run({
  async own() {
    const tokens = await tokensOf();
    const config = await as(app);
    const access = await client.tokenIntrospection(config, tokens.access_token);
    assert.equal(access.active, true);
    assert.equal(access.client_id, app.id);
    assert.equal(access.iss, settings.issuer);
    assert.equal(access.token_type, "Bearer");
    const refresh = await client.tokenIntrospection(config, tokens.refresh_token, { token_type_hint: "refresh_token" });
    assert.equal(refresh.active, true);
    assert.equal(refresh.sub, access.sub);
    return { members: Object.keys(access) };
  },

  async api() {
    const tokens = await tokensOf();
    const access = await client.tokenIntrospection(await as(api), tokens.access_token);
    assert.equal(access.active, true);
    assert.ok(access.aud.includes(api.resource));
    assert.deepEqual(await client.tokenIntrospection(await as(api), tokens.refresh_token), { active: false });
    assert.deepEqual(await client.tokenIntrospection(await as(stranger), tokens.access_token), { active: false });
    return { scope: access.scope };
  },

  // openid-client checks typ, iss, aud and the signature, by the algorithm that the client is registered for
  async signed() {
    const tokens = await tokensOf();
    const algorithms = {};
    for (const alg of (await as(api)).serverMetadata().introspection_signing_alg_values_supported) {
      const signing = settings.clients[`signed-${alg}`];
      const access = await client.tokenIntrospection(await as(signing, { introspection_signed_response_alg: alg }), tokens.access_token);
      assert.equal(access.active, true);
      assert.deepEqual(await client.tokenIntrospection(await as(signing, { introspection_signed_response_alg: alg }), "nobody's"), { active: false });
      algorithms[alg] = access.client_id;
    }
    return { algorithms };
  },

  async refused() {
    await assert.rejects(client.tokenIntrospection(await configure(api, client.ClientSecretBasic("wrong")), "x"), (error) => error.status === 401 || error.error === "invalid_client");
    await assert.rejects(client.tokenIntrospection(await configure(settings.clients.public, client.None()), "x"), (error) => error.status === 401 || error.error === "invalid_client");
    return {};
  },
});
