using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthCore.Bench.Seeding;

/// <summary>A person with a browser that is signed in.</summary>
internal sealed record Person(string Subject, string Username, Guid SessionId, string SessionCookie)
{
    /// <summary>Never the cookie.</summary>
    public override string ToString() => Subject;
}

/// <summary>A client that acts for itself, with its secret.</summary>
internal sealed record Machine(string ClientId, string Secret)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => ClientId;
}

/// <summary>Who is in the database, written by AuthCore's own stores.</summary>
internal sealed class Population
{
    public const string WebClient = "bench-web";
    public const string RedirectUri = "https://app.example/cb";
    public const string Password = "correct horse battery staple";
    public const string Scope = "read:files";

    private Population(string webSecret, string passwordHash) => (WebSecret, PasswordHash) = (webSecret, passwordHash);

    /// <summary>Of <see cref="WebClient"/>.</summary>
    public string WebSecret { get; }

    /// <summary>Of every person.</summary>
    public string PasswordHash { get; }

    public List<Machine> Clients { get; } = [];

    public List<Person> People { get; } = [];

    /// <summary>Writes everybody.</summary>
    /// <param name="connectionString">A database with the schema at head.</param>
    /// <param name="people">How many.</param>
    /// <param name="machines">How many clients that act for themselves.</param>
    /// <param name="hashingCost">Of the people's passwords.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<Population> WriteAsync(string connectionString, int people, int machines, int hashingCost, CancellationToken ct)
    {
        using var hasher = new PasswordHasher(hashingCost);
        var population = new Population(Handle.Create(HandleKind.ClientSecret).Value, await hasher.HashAsync(Password, ct));
        await using var database = Database.Open(connectionString);
        await new ScopeStore(database).SaveAsync(new ScopeDefinition { Name = Scope, Title = "Read your files" }, ct);
        using var changes = new ChangeFeed(database, NullLogger<ChangeFeed>.Instance);
        await population.WriteClientsAsync(new ClientStore(database, changes), machines, ct);
        for (var i = 1; i <= people; i++)
        {
            await population.WritePersonAsync(database, i, ct);
        }

        return population;
    }

    private async Task WriteClientsAsync(ClientStore clients, int machines, CancellationToken ct)
    {
        await clients.SaveAsync(new Client
        {
            ClientId = WebClient,
            ClientName = "Web application",
            RedirectUris = [RedirectUri],
            GrantTypes = ["authorization_code", "refresh_token"],
            ResponseTypes = ["code"],
            Secrets = [new ClientSecret(Handle.HashOf(WebSecret), null)],
            Scope = ["openid", "profile", "email", Scope],
        }, ct);
        Clients.AddRange(Enumerable.Range(1, machines).Select(i => new Machine(
            string.Create(CultureInfo.InvariantCulture, $"cc-{i:0000}"), Handle.Create(HandleKind.ClientSecret).Value)));
        await Parallel.ForEachAsync(Clients, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (machine, token) =>
            await clients.SaveAsync(new Client
            {
                ClientId = machine.ClientId,
                ClientName = machine.ClientId,
                GrantTypes = ["client_credentials"],
                Secrets = [new ClientSecret(Handle.HashOf(machine.Secret), null)],
                Scope = [Scope],
            }, token));
    }

    private async Task WritePersonAsync(Database database, int number, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var subject = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"person {number}")).AsSpan(0, 16));
        var username = string.Create(CultureInfo.InvariantCulture, $"user-{number:000}");
        var users = new UserStore(database);
        await users.SaveAsync(new User
        {
            Subject = subject,
            Username = username,
            Email = username + "@example.com",
            EmailVerified = true,
            Name = "Person " + username,
            GivenName = "Person",
            FamilyName = username,
            UpdatedAt = now,
        }, ct);
        await users.ChangePasswordAsync(subject, PasswordHash, now, ct);
        var endings = (await users.FindForLoginAsync(username, ct))!.Endings;
        var cookie = Handle.Create(HandleKind.Session, Guid.CreateVersion7(now));
        var session = new NewSession(cookie.Id, cookie.Hash, subject, now, now + new LifetimeOptions().SessionAbsolute, new AcrOptions().Password, ["pwd"]) { Endings = endings };
        if (!await new SessionStore(database).TryBeginAsync(session, ct))
        {
            throw new BenchException("A session could not be made.");
        }

        await database.ExecuteAsync(
            "insert into consents (subject, client_id, granted, declined, granted_at, updated_at) values (@subject, @WebClient, @granted, '{}', @now, @now)",
            new { subject, WebClient, granted = new[] { "openid", "profile", "email", Scope }, now }, ct);
        People.Add(new Person(subject, username, cookie.Id, cookie.Value));
    }
}
