// The resource server: an API that lets in whoever brings an access token meant for it, with the scope that the call needs.
//   dotnet run --project samples/api [--issuer http://localhost:8080] [--port 8083] [--spa http://localhost:8082]
using Samples;

var builder = WebApplication.CreateBuilder(args);
var port = builder.Configuration.GetValue("port", 8083);
var address = $"http://localhost:{port}";
builder.WebHost.UseUrls(address);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
var issuer = new Issuer(builder.Configuration["issuer"] ?? "http://localhost:8080", http, TimeProvider.System);

// Its own address is its name in tokens (`aud`), and the `resource` that clients ask for (RFC 8707).
builder.Services.AddSingleton(new AccessTokens(issuer, audience: address, TimeProvider.System));

// The one page of others that may call us from a browser. No cookie counts here, so no credentials are allowed.
builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
    .WithOrigins(builder.Configuration["spa"] ?? "http://localhost:8082")
    .WithMethods("GET").WithHeaders("Authorization").WithExposedHeaders("WWW-Authenticate")));

var app = builder.Build();
app.UseCors();

app.MapGet("/", () => Results.Text($"This is the demo API. It trusts {issuer.Identifier}. Try GET /api/me with an access token.\n"));

app.MapGet("/api/me", (HttpContext context) => new
{
    you_are = context.Token().Subject,
    your_application = context.Token().ClientId,
    it_may = context.Token().Scope,
    until = context.Token().ExpiresAt,
}).Needs("read:profile");

app.MapGet("/api/files", (HttpContext context) => new
{
    owner = context.Token().Subject,
    files = new[] { new { name = "Holiday plans.txt", bytes = 4_211 }, new { name = "Cat.jpg", bytes = 1_843_022 }, new { name = "Budget.ods", bytes = 20_480 } },
}).Needs("read:files");

// What is not for whoever finds a computer unlocked: the person must have typed a password in the last five minutes (RFC 9470).
app.MapGet("/api/secret", (HttpContext context) => new
{
    secret = "The spare key is under the third flower pot.",
    only_for = context.Token().Subject,
}).Needs("read:profile", signedInWithin: TimeSpan.FromMinutes(5));

await app.RunAsync();
