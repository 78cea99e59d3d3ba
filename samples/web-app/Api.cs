using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Samples;

/// <summary>Calls the resource server.</summary>
internal static class Api
{
    // Relaxed: the page encodes it for HTML.
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What it says, good or bad: an API that is away is no reason to hide that somebody is signed in. And what sign-in it would do with, where that is all it misses.</summary>
    public static async Task<(bool Ok, string Text, StepUp? StepUp)> GetAsync(HttpClient http, string url, string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        try
        {
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode
                ? (true, JsonSerializer.Serialize(await response.Content.ReadFromJsonAsync<JsonElement>(ct), s_indented), null)
                : (false, $"The API refuses this with {(int)response.StatusCode}: {response.Headers.WwwAuthenticate}", StepUp.Read(response.Headers.WwwAuthenticate));
        }
        catch (HttpRequestException)
        {
            return (false, "The API does not answer. Start it: dotnet run --project samples/api", null);
        }
    }
}
