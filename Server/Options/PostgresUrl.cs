using System.Globalization;
using Npgsql;

namespace AuthCore.Options;

/// <summary>The URL form of PostgreSQL's own client library: postgresql://user:password@host:port,host:port/database?sslmode=require</summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    public static bool IsOne(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="ArgumentException">It cannot be understood, or names a parameter that Npgsql has not.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var (beforeQuery, query) = Cut(text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..], '?');
        var (authority, database) = Cut(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = Cut(at < 0 ? "" : authority[..at], ':');

        var parsed = new NpgsqlConnectionStringBuilder();
        if (user.Length > 0) { parsed.Username = Decode(user); }
        if (password.Length > 0) { parsed.Password = Decode(password); }
        if (database.Length > 0) { parsed.Database = Decode(database); }
        SetHosts(parsed, authority[(at + 1)..]);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            Set(parsed, Decode(name), Decode(value));
        }

        return parsed;
    }

    private static void SetHosts(NpgsqlConnectionStringBuilder parsed, string hosts)
    {
        if (hosts.Length == 0) { return; }
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            parsed.Host = Decode(hosts);   // Npgsql reads host:port,host:port by itself
            return;
        }

        var port = hosts.LastIndexOf(':') is var colon && colon > hosts.LastIndexOf(']') ? colon : -1;
        parsed.Host = Decode(port < 0 ? hosts : hosts[..port]).Trim('[', ']');
        if (port >= 0) { parsed.Port = int.Parse(hosts[(port + 1)..], NumberStyles.None, CultureInfo.InvariantCulture); }
    }

    private static void Set(NpgsqlConnectionStringBuilder parsed, string name, string value)
    {
        var keyword = name switch
        {
            "dbname" => "Database",
            "user" => "Username",
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            "channel_binding" => "Channel Binding",
            "target_session_attrs" => "Target Session Attributes",
            _ => name,
        };
        parsed[keyword] = name is "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    private static (string Before, string After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var index ? (text[..index], text[(index + 1)..]) : (text, "");
}
