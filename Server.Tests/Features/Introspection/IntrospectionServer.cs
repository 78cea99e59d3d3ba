using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.AspNetCore.Mvc.Testing;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>A server with two APIs, each of which may ask about its own tokens.</summary>
public sealed class IntrospectionServer : IAsyncLifetime
{
    /// <summary>The API of <see cref="Files"/>.</summary>
    public static Client FilesApi { get; } = Seed.Machine with { ClientId = "files-api", Scope = [], Resources = [] };

    /// <summary>The API of <see cref="Mail"/>; its secret comes in the body.</summary>
    public static Client MailApi { get; } = FilesApi with { ClientId = "mail-api", TokenEndpointAuthMethod = "client_secret_post" };

    /// <summary>Understands one scope.</summary>
    public static ResourceDefinition Files { get; } = Seed.Api with { IntrospectionClients = [FilesApi.ClientId] };

    /// <summary>Says of no scope that it understands it.</summary>
    public static ResourceDefinition Mail { get; } = new() { Identifier = "https://mail.test", Name = "Mail", IntrospectionClients = [MailApi.ClientId] };

    /// <summary>Gets tokens for both, without asking anybody.</summary>
    public static Client App { get; } = Seed.FirstParty with { ClientId = "app", Resources = [Files.Identifier, Mail.Identifier] };

    /// <summary>The same without a person.</summary>
    public static Client Job { get; } = Seed.Machine with { ClientId = "job", Resources = [Files.Identifier, Mail.Identifier] };

    /// <summary>The server itself.</summary>
    public AuthCoreApp Core { get; } = new();

    /// <summary>Every form of access token it makes.</summary>
    public string[] Formats => Core.Get<ServerCapabilities>().AccessTokenFormats;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Core.InitializeAsync();
        foreach (var client in new[] { FilesApi, MailApi, App, Job })
        {
            await Core.SaveAsync(client);
        }

        await SaveAsync(Files);
        await SaveAsync(Mail);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Core.DisposeAsync();

    /// <summary>Writes a resource.</summary>
    public async Task SaveAsync(ResourceDefinition resource)
    {
        await Core.Get<ScopeStore>().SaveResourceAsync(resource, CancellationToken.None);
        await Core.Get<Catalog>().StartAsync(CancellationToken.None);
    }

    /// <summary>A copy of the client that gets its access tokens in this form.</summary>
    public async Task<Client> InFormAsync(Client client, string format)
    {
        var copy = client with { ClientId = $"{client.ClientId}-{format}", AccessTokenFormat = format };
        await Core.SaveAsync(copy);
        return copy;
    }

    /// <summary>The tokens of somebody new, for the resource where one is named.</summary>
    internal async Task<TokenAnswer> BeginAsync(Client client, string scope = "openid profile offline_access", string? resource = null, User? user = null)
    {
        using var browser = Core.CreateBrowser();
        user ??= await Core.NewUserAsync();
        var code = TestBrowser.QueryOf(await browser.CompleteAsync(TestBrowser.Request(client, scope).With("resource", resource), user.Username))["code"];
        return await browser.RedeemAsync(client, code);
    }

    /// <summary>The access token of a client that acts for itself.</summary>
    internal async Task<TokenAnswer> MachineAsync(Client client, string? resource = null)
    {
        using var browser = Core.CreateBrowser();
        return await browser.AskAsync(client, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }, ("resource", resource));
    }

    /// <summary>POST /introspect as the client; by <see cref="Client.TokenEndpointAuthMethod"/>.</summary>
    public Task<HttpResponseMessage> PostAsync(Client asking, string token, string? accept = null, WebApplicationFactory<Program>? node = null) =>
        SendAsync(asking, [new("token", token)], accept, node);

    /// <summary>POST /introspect with this form.</summary>
    public async Task<HttpResponseMessage> SendAsync(Client asking, List<KeyValuePair<string, string>> form, string? accept = null, WebApplicationFactory<Program>? node = null)
    {
        using var http = Core.CreateClient(node);
        var message = new HttpRequestMessage(HttpMethod.Post, Core.Issuer + "/introspect");
        if (asking.TokenEndpointAuthMethod == "client_secret_basic")
        {
            message.Headers.TryAddWithoutValidation("Authorization", TestBrowser.Basic(asking.ClientId, AuthCoreApp.Secret));
        }
        else
        {
            form.Add(new("client_id", asking.ClientId));
            if (!asking.IsPublic)
            {
                form.Add(new("client_secret", AuthCoreApp.Secret));
            }
        }

        if (accept is not null)
        {
            message.Headers.TryAddWithoutValidation("Accept", accept);
        }

        message.Content = new FormUrlEncodedContent(form);
        return await http.SendAsync(message);
    }

    /// <summary>The body of the answer, as it came.</summary>
    public async Task<string> TextAsync(Client asking, string token, WebApplicationFactory<Program>? node = null)
    {
        var answer = await PostAsync(asking, token, node: node);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>The answer.</summary>
    public async Task<JsonElement> ReadAsync(Client asking, string token) => JsonElement.Parse(await TextAsync(asking, token));
}
