using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The tables <c>scopes</c> and <c>resources</c>: what can be asked for.</summary>
internal sealed class ScopeStore(Database database)
{
    /// <summary>Every scope, the standard ones first.</summary>
    public Task<IReadOnlyList<ScopeDefinition>> ListAsync(CancellationToken ct) => database.ListAsync<ScopeDefinition>(
        """
        select   name, title, description, required, personal, claims
        from     scopes
        order by array_position(array['openid', 'profile', 'email', 'address', 'phone', 'offline_access'], name), name
        """,
        null, ct);

    /// <summary>Writes the scope.</summary>
    public Task SaveAsync(ScopeDefinition scope, CancellationToken ct) => database.ExecuteAsync(
        """
        insert into scopes (name, title, description, required, personal, claims)
        values (@Name, @Title, @Description, @Required, @Personal, @Claims)
        on conflict (name) do update set
            title = excluded.title, description = excluded.description, required = excluded.required, personal = excluded.personal, claims = excluded.claims
        """,
        scope, ct);

    /// <summary>Adds the scope where nobody has one of its name.</summary>
    public Task EnsureAsync(ScopeDefinition scope, CancellationToken ct) => database.ExecuteAsync(
        """
        insert into scopes (name, title, description, required, personal, claims)
        values (@Name, @Title, @Description, @Required, @Personal, @Claims)
        on conflict (name) do nothing
        """,
        scope, ct);

    /// <summary>Takes the scope away.</summary>
    public Task DeleteAsync(string name, CancellationToken ct) => database.ExecuteAsync("delete from scopes where name = @name", new { name }, ct);

    /// <summary>Every resource, by its identifier.</summary>
    public Task<IReadOnlyList<ResourceDefinition>> ListResourcesAsync(CancellationToken ct) => database.ListAsync<ResourceDefinition>(
        "select identifier, name, scopes, access_token_lifetime, signing_alg, access_token_format, introspection_clients, publish_metadata from resources order by identifier", null, ct);

    /// <summary>Writes the resource.</summary>
    public Task SaveResourceAsync(ResourceDefinition resource, CancellationToken ct) => database.ExecuteAsync(
        """
        insert into resources (identifier, name, scopes, access_token_lifetime, signing_alg, access_token_format, introspection_clients, publish_metadata)
        values (@Identifier, @Name, @Scopes, @AccessTokenLifetime, @SigningAlg, @AccessTokenFormat, @IntrospectionClients, @PublishMetadata)
        on conflict (identifier) do update set
            name = excluded.name, scopes = excluded.scopes, access_token_lifetime = excluded.access_token_lifetime, signing_alg = excluded.signing_alg,
            access_token_format = excluded.access_token_format, introspection_clients = excluded.introspection_clients, publish_metadata = excluded.publish_metadata
        """,
        resource, ct);

    /// <summary>Takes the resource away.</summary>
    public Task DeleteResourceAsync(string identifier, CancellationToken ct) =>
        database.ExecuteAsync("delete from resources where identifier = @identifier", new { identifier }, ct);
}
