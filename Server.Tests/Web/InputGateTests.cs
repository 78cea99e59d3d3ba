using System.Text;
using AuthCore.Protocol;
using AuthCore.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Web;

public sealed class InputGateTests
{
    private const string FormType = "application/x-www-form-urlencoded";

    [Fact]
    public async Task What_passes_is_decoded_once_for_everybody()
    {
        var (http, refused) = await PassAsync("?a=1%2B1&b=%25", FormType, "c=x+y");

        Assert.Null(refused);
        Assert.Equal("1+1", http.QueryParameters()["a"]);
        Assert.Equal("%", http.QueryParameters()["b"]);
        Assert.True(http.FormParameters().Try(out var form, out _));
        Assert.Equal("x y", form["c"]);
    }

    // OAuth 2.1 §3.1; PostgreSQL holds no NUL, and answers it with an error of its own
    [Theory]
    [InlineData("a=%00")]
    [InlineData("a=b%00c")]
    [InlineData("%00=a")]
    [InlineData("a=\0")]
    [InlineData("a=%FF")]
    [InlineData("a=%C0%80")]
    [InlineData("a=%C0%AF")]
    [InlineData("a=%ED%A0%80")]
    [InlineData("a=%ED%B0%80")]
    [InlineData("a=%F4%90%80%80")]
    [InlineData("a=%E2%82")]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%zz")]
    [InlineData("a=%u0041")]
    public async Task Bytes_that_are_no_text_stop_here(string encoded)
    {
        var (_, query) = await PassAsync("?" + encoded, contentType: null, "");
        var (_, form) = await PassAsync("", FormType, encoded);

        Assert.Equal(("invalid_request", 400), (query?.Code, query?.Status));
        Assert.Equal(("invalid_request", 400), (form?.Code, form?.Status));
    }

    [Theory]
    [InlineData(Parameters.MaxCount, 1, 1, false)]
    [InlineData(Parameters.MaxCount + 1, 1, 1, true)]
    [InlineData(1, Parameters.MaxNameLength, 1, false)]
    [InlineData(1, Parameters.MaxNameLength + 1, 1, true)]
    [InlineData(1, 3000, 1, true)]
    [InlineData(1, 1, Parameters.MaxValueLength, false)]
    [InlineData(1, 1, Parameters.MaxValueLength + 1, true)]
    public async Task Count_and_lengths_are_bounded(int count, int name, int value, bool isRefused)
    {
        var encoded = string.Join('&', Enumerable.Repeat(new string('n', name) + "=" + new string('v', value), count));

        Assert.Equal(isRefused, (await PassAsync("?" + encoded, contentType: null, "")).Refused is not null);
        Assert.Equal(isRefused, (await PassAsync("", FormType, encoded)).Refused is not null);
    }

    [Theory]
    [InlineData(InputGate.MaxBody, null)]
    [InlineData(InputGate.MaxBody + 1, 413)]
    [InlineData(5_000_000, 413)]
    public async Task A_body_ends_at_its_limit_whether_it_said_its_length_or_not(int length, int? status)
    {
        var body = string.Join('&', Enumerable.Repeat("a=" + new string('x', 4093), length / 4096 + 1))[..length];

        Assert.Equal(status, (await PassAsync("", FormType, body)).Refused?.Status);
        Assert.Equal(status, (await PassAsync("", FormType, body, sayLength: false)).Refused?.Status);
    }

    // RFC 9110 §15.5.16: each endpoint that wants a form says so in its own way
    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [InlineData("application/x-www-form-urlencodedx")]
    [InlineData("*/*")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_body_that_is_no_form_passes_unread_and_is_415_where_a_form_is_wanted(string? contentType)
    {
        var (http, refused) = await PassAsync("", contentType, "a=1");

        Assert.Null(refused);
        Assert.False(http.FormParameters().Try(out _, out var error));
        Assert.Equal(415, error.Status);
    }

    [Theory]
    [InlineData(FormType)]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED")]
    [InlineData(FormType + ";charset=UTF-8")]
    [InlineData(FormType + "; charset=\"utf-8\"")]
    public async Task A_form_is_read_however_its_type_is_spelt(string contentType)
    {
        var (http, _) = await PassAsync("", contentType, "a=1");

        Assert.True(http.FormParameters().Try(out var form, out _));
        Assert.Equal("1", form["a"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task A_body_in_any_content_coding_is_415(string coding)
    {
        var (http, refused) = await PassAsync("", FormType, "a=1", request => request.Headers.ContentEncoding = coding);

        Assert.Null(refused);
        Assert.False(http.FormParameters().Try(out _, out var error));
        Assert.Equal(415, error.Status);
    }

    [Fact]
    public async Task No_body_at_all_is_an_empty_form()
    {
        var (http, _) = await PassAsync("", contentType: null, "");

        Assert.True(http.FormParameters().Try(out var form, out _));
        Assert.Empty(form.Pairs);
    }

    // Kestrel answers a chunk size beyond all numbers by an IOException, which is not its BadHttpRequestException
    [Fact]
    public async Task A_body_that_cannot_be_read_is_400_and_no_fault_of_ours()
    {
        var (_, refused) = await PassAsync("", FormType, "a=1", request => request.Body = new BrokenStream());

        Assert.Equal(400, refused?.Status);
    }

    private static async Task<(HttpContext Http, ProtocolError? Refused)> PassAsync(
        string query, string? contentType, string body, Action<HttpRequest>? change = null, bool sayLength = true)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().BuildServiceProvider() };
        http.Request.QueryString = new QueryString(query);
        http.Request.ContentType = contentType;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Request.ContentLength = sayLength ? body.Length : null;
        if (!sayLength)
        {
            http.Request.Headers.TransferEncoding = "chunked";
        }

        change?.Invoke(http.Request);
        ProtocolError? refused = null;
        var app = new ApplicationBuilder(http.RequestServices);
        app.UseInputGate((_, error) =>
        {
            refused = error;
            return Task.CompletedTask;
        });
        app.Run(_ => Task.CompletedTask);
        await app.Build()(http);
        return (http, refused);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("Bad chunk size data.");
    }
}
