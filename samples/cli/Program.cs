// A native command-line application: signs a person in through the browser that is on this machine anyway (RFC 8252).
//   dotnet run --project samples/cli [-- --no-browser] [--count 1] [--every 10] [--issuer http://localhost:8080] [--api http://localhost:8083]
// Its tokens live as long as the program does. One that keeps them longer puts them into the system's keychain, not into a file.
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Samples;

var issuerName = Option("issuer", "http://localhost:8080");
var api = Option("api", "http://localhost:8083");
var count = int.Parse(Option("count", "1"));
var every = TimeSpan.FromSeconds(double.Parse(Option("every", "10")));

using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
var clock = TimeProvider.System;
var issuer = new Issuer(issuerName, http, clock);
var client = new OAuthClient(new ClientSettings("demo-native", Secret: null, "openid profile email offline_access read:files", api), issuer, http, clock);

try
{
    var tokens = await SignInAsync();
    Console.WriteLine();
    Console.WriteLine("You are signed in. The ID token says:");
    foreach (var claim in tokens.Claims.EnumerateObject())
    {
        Console.WriteLine($"  {claim.Name,-18} {claim.Value}");
    }

    Console.WriteLine("The server's userinfo says:");
    foreach (var claim in (await GetAsync(await issuer.EndpointAsync("userinfo_endpoint", default), tokens.AccessToken)).EnumerateObject())
    {
        Console.WriteLine($"  {claim.Name,-18} {claim.Value}");
    }

    for (var turn = 1; turn <= count; turn++)
    {
        if (turn > 1)
        {
            await Task.Delay(every);
        }

        if (!tokens.IsFresh(clock.GetUtcNow()) && tokens.RefreshToken is not null)
        {
            tokens = await client.RefreshAsync(tokens, default);
            Console.WriteLine("The access token was about to expire: it was refreshed.");
        }

        Console.WriteLine($"The API says: {await GetAsync($"{api}/api/files", tokens.AccessToken)}");
    }

    return 0;
}
catch (SignInException fault)
{
    await Console.Error.WriteLineAsync($"{fault.Message} ({fault.Code}{(fault.Detail is null ? "" : ": " + fault.Detail)})");
    return 1;
}
catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
{
    await Console.Error.WriteLineAsync($"A server does not answer as it should: {fault.Message} Are AuthCore ({issuerName}) and the API ({api}) running?");
    return 1;
}

async Task<Tokens> SignInAsync()
{
    // The way back: a small web server that only this machine can reach, on whatever port is free (RFC 8252 §7.3).
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    await using var loopback = builder.Build();

    SignInAttempt? attempt = null;
    var answered = new TaskCompletionSource<IQueryCollection>(TaskCreationOptions.RunContinuationsAsynchronously);
    loopback.MapGet("/callback", (HttpRequest request) =>
    {
        // Any program or page may call this address: only the answer to our own question ends the wait.
        if (request.Query["state"] != attempt?.State || !answered.TrySetResult(request.Query))
        {
            return Results.BadRequest("This is not the answer to a sign-in that was begun here.");
        }

        var (title, text) = request.Query.ContainsKey("error") ? ("Not signed in", "The command line says why.") : ("Thank you", "The command line goes on by itself.");
        return Results.Content(
            $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title><link rel="icon" href="data:,">
            <style>:root { color-scheme: light dark } body { max-width: 30rem; margin: 20vh auto; padding: 1rem; font: 1.125rem/1.5 system-ui, sans-serif }</style>
            <h1>{{title}}</h1>
            <p>{{text}} You may close this page.</p>
            </html>
            """, "text/html; charset=utf-8");
    });
    await loopback.StartAsync();

    (var url, attempt) = await client.BeginAsync($"{loopback.Urls.First()}/callback", default);
    Console.WriteLine("Sign in here:");
    Console.WriteLine(url);
    if (!args.Contains("--no-browser"))
    {
        OpenBrowser(url);
    }

    try
    {
        var answer = await answered.Task.WaitAsync(TimeSpan.FromMinutes(10));
        return await client.FinishAsync(attempt, name => answer[name] is [var value] ? value : null, default);
    }
    catch (TimeoutException)
    {
        throw new SignInException("Nobody signed in for ten minutes. Start again when you are ready.", "timeout");
    }
    finally
    {
        await loopback.StopAsync();   // waits until the browser has its page
    }
}

static void OpenBrowser(string url)
{
    try
    {
        using var browser = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
    }
    catch (Win32Exception)
    {
        // There is none to be opened from here; the address was printed.
    }
}

async Task<JsonElement> GetAsync(string url, string accessToken)
{
    using var request = new HttpRequestMessage(HttpMethod.Get, url);
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
    using var response = await http.SendAsync(request);
    return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>()
        : (int)response.StatusCode is 401 or 403 ? throw new SignInException("This is not allowed: perhaps a permission was unticked when you signed in.", $"{(int)response.StatusCode}", response.Headers.WwwAuthenticate.ToString())
        : throw new HttpRequestException($"{url} answers {(int)response.StatusCode}.");
}

string Option(string name, string otherwise) =>
    Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1]
        : Environment.GetEnvironmentVariable(name.ToUpperInvariant()) ?? otherwise;
