using AuthCore.Options;
using Npgsql;

namespace AuthCore.Tests.Options;

public sealed class PostgresUrlTests
{
    [Fact]
    public void Every_part_of_the_url_is_decoded_and_taken()
    {
        var parsed = PostgresUrl.Parse("postgresql://us%40er:p%3A%2F%40ss:w%25@db.example:6432/my%20db?sslmode=verify-full&connect_timeout=7&application_name=auth");

        Assert.Equal("us@er", parsed.Username);
        Assert.Equal("p:/@ss:w%", parsed.Password);
        Assert.Equal("db.example", parsed.Host);
        Assert.Equal(6432, parsed.Port);
        Assert.Equal("my db", parsed.Database);
        Assert.Equal(SslMode.VerifyFull, parsed.SslMode);
        Assert.Equal(7, parsed.Timeout);
        Assert.Equal("auth", parsed.ApplicationName);
    }

    [Theory]
    [InlineData("postgres://db/x", "db", 5432)]
    [InlineData("POSTGRES://db:1/x", "db", 1)]
    [InlineData("postgres://[::1]/x", "::1", 5432)]
    [InlineData("postgres://u@[2001:db8::1]:5433/x", "2001:db8::1", 5433)]
    [InlineData("postgres://a:5433,b:5434/x", "a:5433,b:5434", 5432)]
    [InlineData("postgres:///x?host=/var/run/postgresql", "/var/run/postgresql", 5432)]
    public void Hosts_are_read_in_each_form(string url, string host, int port)
    {
        var parsed = PostgresUrl.Parse(url);

        Assert.Equal((host, port, "x"), (parsed.Host, parsed.Port, parsed.Database));
    }

    [Theory]
    [InlineData("postgres://db/x?no_such=1")]
    [InlineData("postgres://db/x?sslmode=perhaps")]
    [InlineData("postgres://db:port/x")]
    [InlineData("postgres://db:99999999999/x")]
    [InlineData("postgres://db:/x")]
    public void What_would_be_guessed_at_is_refused(string url) =>
        Assert.True(Record.Exception(() => PostgresUrl.Parse(url)) is ArgumentException or FormatException or OverflowException);

    [Theory]
    [InlineData("Host=postgres;Database=x")]
    [InlineData("mysql://db/x")]
    public void Other_text_is_not_taken_for_a_url(string text) => Assert.False(PostgresUrl.IsOne(text));
}
