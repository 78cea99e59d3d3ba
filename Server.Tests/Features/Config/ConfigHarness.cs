using System.Text;
using AuthCore.Features.Config;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthCore.Tests.Features.Config;

/// <summary>Applies texts to a database of its own, as a start of the server would.</summary>
internal sealed class ConfigHarness : IAsyncDisposable
{
    private static readonly ServerCapabilities Capabilities = new()
    {
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], AcrValues = ["urn:authcore:acr:1"],
    };

    private readonly TestDatabase testDatabase;
    private readonly Database database;
    private readonly PasswordHasher hasher = new(cost: 4, threadCount: 1);

    private ConfigHarness(TestDatabase testDatabase)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        this.testDatabase = testDatabase;
        database = Database.Open(testDatabase.ConnectionString);
        Clients = new ClientStore(database, new ChangeFeed(database, Microsoft.Extensions.Logging.Abstractions.NullLogger<ChangeFeed>.Instance));
        Users = new UserStore(database);
        Scopes = new ScopeStore(database);
        Entries = new ConfigStore(database);
    }

    public FakeTime Time { get; } = new();

    public ClientStore Clients { get; }

    public UserStore Users { get; }

    public ScopeStore Scopes { get; }

    public ConfigStore Entries { get; }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<IClientProfile> Profiles { get; set; } = [];

    public string[] ResourceSettings { get; set; } = [];

    public bool IsDevelopment { get; set; } = true;

    public byte[] MasterKey { get; set; } = new byte[KeyEncryption.MasterKeyBytes];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ConfigHarness> CreateAsync() => new(await Postgres.CreateDatabaseAsync());

    /// <summary>Applies the text as if it were the file <c>authcore.yaml</c>.</summary>
    public Task<ConfigChanges> ApplyAsync(string yaml) => ApplyAsync(new ConfigSource("authcore.yaml", Encoding.UTF8.GetBytes(yaml), IsBuiltIn: false));

    /// <summary>One start of the server.</summary>
    public async Task<ConfigChanges> ApplyAsync(ConfigSource? source) => (await Applier().ApplyAsync(source, Ct)).Changes;

    public async Task<string> FaultsOfAsync(string yaml) => (await Assert.ThrowsAsync<StartupException>(() => ApplyAsync(yaml))).Message;

    /// <summary>Every row of the tables a file writes, with the transaction that wrote it last.</summary>
    public async Task<string> RowVersionsAsync()
    {
        await using var connection = await testDatabase.OpenAsync();
        return string.Join('\n', await connection.QueryAsync<string>(
            """
            select 'scope '    || name || ' ' || xmin::text       from scopes         union all
            select 'resource ' || identifier || ' ' || xmin::text from resources      union all
            select 'client '   || client_id || ' ' || xmin::text  from clients        union all
            select 'secret '   || client_id || ' ' || xmin::text  from client_secrets union all
            select 'user '     || username || ' ' || xmin::text   from users          union all
            select kind || ' ' || key || ' ' || xmin::text        from config_entries
            order by 1
            """));
    }

    public async Task<int> ExecuteAsync(string sql) => await database.ExecuteAsync(sql, null, Ct);

    public async Task<User> UserAsync(string username) => (await Users.ListAsync(Ct)).Single(user => user.Username == username);

    public async Task<string?> PasswordHashAsync(string username) => (await Users.FindForLoginAsync(username, Ct))!.PasswordHash;

    public async Task<bool> SignsInAsync(string username, string password) =>
        (await hasher.VerifyAsync(await PasswordHashAsync(username), password, Ct)).Correct;

    public ConfigApplier Applier()
    {
        var options = new AuthCoreOptions { Issuer = "https://id.example.com", Database = testDatabase.ConnectionString, MasterKey = MasterKey, IsDevelopment = IsDevelopment };
        var writer = new ConfigWriter(
            new ScopeWriter(Scopes, Entries), new ClientWriter(Clients, Entries), new UserWriter(Users, Entries, hasher, new KeyEncryption(MasterKey)),
            new ConfigRemover(Entries, Scopes, Clients, Users, NullLogger<ConfigRemover>.Instance));
        var capabilities = Capabilities with { Profiles = Profiles, ResourceSettings = ResourceSettings };
        return new ConfigApplier(
            options, capabilities, new SecretReader(name => Environment.GetValueOrDefault(name), IsDevelopment), Entries, new ConfigJudge(options, capabilities, Entries, Scopes), writer, Time);
    }

    public Task<ConfigTurn> TakeTurnAsync() => ConfigTurn.TakeAsync(testDatabase.ConnectionString, Ct);

    /// <summary>Returns when a connection of this database waits for an advisory lock.</summary>
    public async Task UntilSomebodyWaitsAsync()
    {
        const string Waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
        while (await database.FindAsync<int>(Waiting, null, Ct) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        hasher.Dispose();
        await database.DisposeAsync();
        await testDatabase.DisposeAsync();
    }
}
