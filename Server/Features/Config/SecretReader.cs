using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>Reads passwords and client secrets: in clear, hashed, or by the name of an environment variable (or of NAME_FILE).</summary>
/// <param name="environment">The value of a variable, or null.</param>
/// <param name="isDevelopment">Whether short secrets are let through.</param>
internal sealed class SecretReader(Func<string, string?> environment, bool isDevelopment)
{
    private const int LeastSecret = 32;
    private const int MostSecret = 512;
    private const int MostPassword = 1024;
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK"];

    public PasswordSetting? Password(MapReader user)
    {
        var hash = user.Text("password_hash");
        var clear = Clear(user, "password", "password_hash", out var key);
        if (hash is not null)
        {
            if (!PasswordHasher.Understands(hash))
            {
                user.Fault("password_hash", "is in no form that can be verified here: bcrypt ($2a$, $2b$, $2y$), or a hash AuthCore made");
            }

            return new PasswordSetting(hash, IsHash: true);
        }

        if (clear is null)
        {
            return null;
        }

        if (clear.Length is 0 or > MostPassword || !PasswordHasher.IsAcceptable(clear))
        {
            user.Fault(key, FormattableString.Invariant($"must have 1 to {MostPassword} characters, none of them NUL"));
        }

        return new PasswordSetting(clear, IsHash: false);
    }

    /// <summary>The client's secrets hashed, in the order the database keeps them, and those that were given in clear.</summary>
    public (IReadOnlyList<ClientSecret> Secrets, IReadOnlyList<string> Clear) Secrets(MapReader client)
    {
        var clear = new List<string>();
        var secrets = new List<ClientSecret>();
        Add(client, expiresAt: null);
        var many = client.Maps("client_secrets", $"client: client_secrets");
        if (many.Count > 0 && secrets.Count > 0)
        {
            client.Fault("client_secrets", "must hold every secret, or none");
        }

        foreach (var one in many)
        {
            var before = secrets.Count;
            Add(one, Time(one, "expires_at"));
            one.RefuseUnknown();
            if (secrets.Count == before)
            {
                one.Fault("client_secret", "is missing");
            }
        }

        if (secrets.DistinctBy(secret => Convert.ToHexString(secret.Hash)).Count() < secrets.Count)
        {
            client.Fault("client_secrets", "has the same secret twice");
        }

        return ([.. secrets.OrderBy(secret => Convert.ToHexString(secret.Hash), StringComparer.Ordinal)], clear);

        void Add(MapReader map, DateTimeOffset? expiresAt)
        {
            var hash = map.Text("client_secret_hash");
            if (Clear(map, "client_secret", "client_secret_hash", out var key) is { } secret)
            {
                CheckSecret(map, key, secret);
                clear.Add(secret);
                secrets.Add(new ClientSecret(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), expiresAt));
            }
            else if (hash is not null)
            {
                secrets.Add(new ClientSecret(Hash(map, hash), expiresAt));
            }
        }
    }

    private void CheckSecret(MapReader map, string key, string secret)
    {
        if (secret.Length is 0 or > MostSecret || secret.Any(char.IsControl) || !PasswordHasher.IsAcceptable(secret))
        {
            map.Fault(key, FormattableString.Invariant($"must have 1 to {MostSecret} characters, no control characters"));
        }
        else if (!isDevelopment && secret.Length < LeastSecret)
        {
            map.Fault(key, FormattableString.Invariant($"has fewer than {LeastSecret} characters, which only a development server lets through"));
        }
    }

    private static byte[] Hash(MapReader map, string text)
    {
        if (text.Length == 64 && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        if (text.Length == 43 && Base64Url.IsValid(text, out var length) && length == SHA256.HashSizeInBytes)
        {
            return Base64Url.DecodeFromChars(text);
        }

        map.Fault("client_secret_hash", "must be the secret's SHA-256 as 64 hexadecimal digits or 43 characters of base64url");
        return new byte[SHA256.HashSizeInBytes];
    }

    // At most one of NAME, NAME_hash, NAME_env.
    private string? Clear(MapReader map, string name, string hashName, out string key)
    {
        var envName = name + "_env";
        var (clear, variable) = (map.Text(name), map.Text(envName));
        key = clear is null && variable is not null ? envName : name;
        if (new[] { clear is not null, variable is not null, map.Has(hashName) }.Count(given => given) > 1)
        {
            map.Fault(key, $"stands beside another form of the same: give one of {name}, {hashName}, {envName}");
        }

        return variable is null ? clear : FromEnvironment(map, envName, variable);
    }

    private string? FromEnvironment(MapReader map, string key, string variable)
    {
        if (environment(variable) is { Length: > 0 } value)
        {
            return value;
        }

        if (environment(variable + "_FILE") is not { Length: > 0 } file)
        {
            map.Fault(key, $"names the environment variable {ConfigFaults.Printable(variable)}, which is not set");
            return null;
        }

        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            map.Fault(key, $"names {ConfigFaults.Printable(variable)}_FILE, whose file cannot be read");
            return null;
        }
    }

    private static DateTimeOffset? Time(MapReader map, string key)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        map.Fault(key, "must be a time such as 2027-01-31 or 2027-01-31T12:00:00Z");
        return null;
    }
}
