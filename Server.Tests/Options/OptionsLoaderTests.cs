using AuthCore.Options;
using Microsoft.Extensions.Configuration;

namespace AuthCore.Tests.Options;

public sealed class OptionsLoaderTests : IDisposable
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private readonly string folder = Directory.CreateTempSubdirectory("authcore-options-").FullName;

    private static Dictionary<string, string?> Valid => new(StringComparer.Ordinal)
    {
        ["AuthCore:Issuer"] = "https://id.example",
        ["AuthCore:Database"] = "Host=db.example;Database=authcore",
        ["AuthCore:MasterKey"] = Key,
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_not_configured_has_the_default_of_the_table()
    {
        var options = Load(Valid);

        Assert.Equal("https://id.example", options.Issuer);
        Assert.Equal(Enumerable.Range(0, 32).Select(n => (byte)n), options.MasterKey);
        Assert.Equal(new LifetimeOptions(), options.Lifetimes);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Lifetimes.Code);
        Assert.Equal(new PasswordHashingOptions { Cost = 12, Threads = null, QueueLength = 64 }, options.PasswordHashing);
        Assert.Equal(new LockoutOptions(), options.Lockout);
        Assert.Null(options.ConfigFile);
        Assert.Empty(options.KnownProxies);
        Assert.Empty(options.UserInfo.AcrValues);
        Assert.Null(options.UserInfo.MaxAge);
    }

    [Fact]
    public void Without_any_setting_each_missing_one_is_named()
    {
        var message = Refused([]);

        Assert.Contains("AUTHCORE__ISSUER is missing", message);
        Assert.Contains("AUTHCORE__DATABASE is missing", message);
        Assert.Contains("AUTHCORE__MASTERKEY is missing", message);
    }

    [Fact]
    public void Faults_of_every_kind_are_listed_at_once()
    {
        var message = Refused(With(("AuthCore:Issuer", "http://id.example"), ("AuthCore:MasterKey", "short"), ("AuthCore:Lifetimes:Code", "601"),
            ("AuthCore:PasswordHashing:Cost", "9"), ("AuthCore:KnownProxies", "proxy.example"), ("AuthCore:Lifetime:Code", "60"), ("AuthCore:Config", "/no/such.yaml")));

        foreach (var variable in new[] { "ISSUER", "MASTERKEY", "LIFETIMES__CODE", "PASSWORDHASHING__COST", "KNOWNPROXIES", "LIFETIME__CODE", "CONFIG" })
        {
            Assert.Contains($"  AUTHCORE__{variable} ", message);
        }

        Assert.Equal(8, message.Split('\n').Length);
    }

    [Fact]
    public void In_development_the_issuer_is_localhost_and_the_rest_is_still_demanded()
    {
        var message = Assert.Throws<StartupException>(() => OptionsLoader.Load(Configuration([]), isDevelopment: true)).Message;

        Assert.DoesNotContain("ISSUER", message);
        Assert.Contains("AUTHCORE__MASTERKEY is missing", message);
        Assert.Equal("http://localhost:8080", OptionsLoader.Load(Configuration(With(("AuthCore:Issuer", ""))), isDevelopment: true).Issuer);
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
    [InlineData("_-7dzLuqmYh3ZlVEMyIRAP_u3cy7qpmId2ZVRDMiEQA")]
    [InlineData("/+7dzLuqmYh3ZlVEMyIRAP/u3cy7qpmId2ZVRDMiEQA=")]
    public void A_master_key_may_be_base64_or_base64url(string key) => Assert.Equal(32, Load(With(("AuthCore:MasterKey", key))).MasterKey.Length);

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]     // 31 bytes
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")]     // 33 bytes
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh*=")]
    public void A_master_key_of_another_shape_is_refused_and_not_repeated(string key)
    {
        var message = Refused(With(("AuthCore:MasterKey", key)));

        Assert.Contains("AUTHCORE__MASTERKEY must be", message);
        Assert.DoesNotContain(key, message);
    }

    [Fact]
    public void Secrets_are_read_from_files_without_the_last_newline()
    {
        var options = Load(With(("AuthCore:MasterKey", null), ("AuthCore:MasterKey_FILE", Written(Key + "\n")),
            ("AuthCore:Database", null), ("AuthCore:Database_FILE", Written("postgres://u:p@db.example/authcore\r\n"))));

        Assert.Equal(32, options.MasterKey.Length);
        Assert.Contains("Host=db.example", options.Database);
    }

    [Fact]
    public void A_secret_given_twice_is_a_fault() =>
        Assert.Contains("AUTHCORE__MASTERKEY and AUTHCORE__MASTERKEY_FILE are both given", Refused(With(("AuthCore:MasterKey_FILE", Written(Key)))));

    [Fact]
    public void A_secret_file_that_is_empty_or_not_there_is_a_fault_of_its_variable()
    {
        var message = Refused(With(("AuthCore:MasterKey", null), ("AuthCore:MasterKey_FILE", Written(" \n")),
            ("AuthCore:Database", null), ("AuthCore:Database_FILE", Path.Combine(folder, "none"))));

        Assert.Contains("AUTHCORE__MASTERKEY_FILE names an empty file", message);
        Assert.Contains("AUTHCORE__DATABASE_FILE names a file that cannot be read", message);
        Assert.DoesNotContain("is missing", message);
    }

    [Fact]
    public void The_platforms_database_counts_until_ours_is_named()
    {
        var platform = With(("AuthCore:Database", null), ("DATABASE_URL", "postgres://u:p@platform.example/db"));
        Assert.Contains("platform.example", Load(platform).Database);

        platform["AuthCore:Database"] = "Host=ours.example";
        Assert.Contains("ours.example", Load(platform).Database);
    }

    [Theory]
    [InlineData("Hots=db;Password=hunter2")]
    [InlineData("postgres://u:hunter2@db:port/x")]
    [InlineData("Database=x;Password=hunter2")]
    public void A_database_that_cannot_be_understood_is_refused_and_its_password_not_repeated(string database)
    {
        var message = Refused(With(("AuthCore:Database", database)));

        Assert.Contains("AUTHCORE__DATABASE ", message);
        Assert.DoesNotContain("hunter2", message);
    }

    [Theory]
    [InlineData("AuthCore:Lifetimes:Code", "0")]
    [InlineData("AuthCore:Lifetimes:Code", "-1")]
    [InlineData("AuthCore:CleanupInterval", "0")]
    [InlineData("AuthCore:CleanupInterval", "2d")]
    [InlineData("AuthCore:Lifetimes:Code", "60s")]
    [InlineData("AuthCore:Lifetimes:Code", "1e2")]
    [InlineData("AuthCore:Lifetimes:Code", "99999999999999999999")]
    [InlineData("AuthCore:Lifetimes:RefreshTokenIdle", "91d")]
    [InlineData("AuthCore:Lifetimes:RefreshTokenIdle", "d")]
    [InlineData("AuthCore:Lifetimes:SessionIdle", "15d")]
    [InlineData("AuthCore:Lockout:First", "3600")]
    [InlineData("AuthCore:PasswordHashing:Cost", "17")]
    [InlineData("AuthCore:PasswordHashing:Threads", "0")]
    [InlineData("AuthCore:Acr:Password", "one two")]
    [InlineData("AuthCore:Acr:SecondFactor", "urn:authcore:acr:1")]
    [InlineData("AuthCore:Acr:Password", "a\"b")]
    [InlineData("AuthCore:Acr:SecondFactor", "a\\b")]
    [InlineData("AuthCore:Acr:SecondFactor", "stärker")]
    [InlineData("AuthCore:UserInfo:MaxAge", "0")]
    [InlineData("AuthCore:UserInfo:MaxAge", "-1")]
    [InlineData("AuthCore:UserInfo:MaxAge", "4000d")]
    [InlineData("AuthCore:UserInfo:AcrValues", "urn:gold")]
    [InlineData("AuthCore:UserInfo:AcrValues", "urn:authcore:acr:1,urn:gold")]
    [InlineData("AuthCore:KnownProxies:0", "1")]
    [InlineData("AuthCore:KnownProxies:0", "10.0.0.1/8")]
    [InlineData("AuthCore:KnownProxies:0", "0.0.0.0/0")]
    [InlineData("AuthCore:KnownProxies:0", "::/0")]
    [InlineData("AuthCore:Isuer", "https://id.example")]
    public void A_value_out_of_its_range_is_refused(string key, string value) =>
        Assert.Contains("AUTHCORE__", Refused(With((key, value))));

    [Fact]
    public void Values_within_their_ranges_are_taken()
    {
        var options = Load(With(("AuthCore:Lifetimes:Code", "1"), ("AuthCore:Lifetimes:RefreshTokenIdle", "7d"), ("AuthCore:PasswordHashing:Threads", "3"),
            ("AuthCore:KnownProxies", "10.0.0.0/8, ::1"), ("AuthCore:KnownProxies:0", "192.0.2.1")));

        Assert.Equal(TimeSpan.FromSeconds(1), options.Lifetimes.Code);
        Assert.Equal(TimeSpan.FromDays(7), options.Lifetimes.RefreshTokenIdle);
        Assert.Equal(3, options.PasswordHashing.Threads);
        Assert.Equal(["10.0.0.0/8", "::1", "192.0.2.1"], options.KnownProxies);

        var demanding = Load(With(("AuthCore:Acr:SecondFactor", "urn:mine:2"), ("AuthCore:UserInfo:MaxAge", "1d"), ("AuthCore:UserInfo:AcrValues", "urn:mine:2, urn:authcore:acr:1")));
        Assert.Equal(86_400, demanding.UserInfo.MaxAge);
        Assert.Equal(["urn:mine:2", "urn:authcore:acr:1"], demanding.UserInfo.AcrValues);
    }

    [Fact]
    public void A_cheap_hash_is_for_development_alone()
    {
        var cheap = Configuration(With(("AuthCore:PasswordHashing:Cost", "4")));

        Assert.Equal(4, OptionsLoader.Load(cheap, isDevelopment: true).PasswordHashing.Cost);
        Assert.Throws<StartupException>(() => OptionsLoader.Load(cheap, isDevelopment: false));
    }

    [Fact]
    public void A_setting_claimed_by_a_feature_is_not_unknown()
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(With(("AuthCore:Feature:Switch", "on")));
        Assert.Throws<StartupException>(() => OptionsLoader.Load(configuration, isDevelopment: false));

        configuration.Claim("AuthCore:Feature:Switch");
        OptionsLoader.Load(configuration, isDevelopment: false);
    }

    [Fact]
    public void Printing_the_options_tells_no_secret()
    {
        var text = Load(With(("AuthCore:Database", "Host=db;Password=hunter2"))).ToString();

        Assert.DoesNotContain("hunter2", text);
        Assert.DoesNotContain("MasterKey", text);
    }

    private static AuthCoreOptions Load(Dictionary<string, string?> settings) => OptionsLoader.Load(Configuration(settings), isDevelopment: false);

    private static string Refused(Dictionary<string, string?> settings) => Assert.Throws<StartupException>(() => Load(settings)).Message;

    private static Dictionary<string, string?> With(params (string Key, string? Value)[] changes)
    {
        var settings = Valid;
        foreach (var (key, value) in changes) { settings[key] = value; }
        return settings;
    }

    private static IConfiguration Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    private string Written(string text)
    {
        var path = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }
}
