using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace AuthCore.Bench.Ceilings;

/// <summary>C1: reads the form and signs the token that client credentials give.</summary>
internal static class TokenCeiling
{
    public static async Task HandleAsync(HttpContext http, CeilingTokens tokens)
    {
        if (await CeilingForm.ReadAsync(http, "grant_type") is not "client_credentials")
        {
            http.Response.StatusCode = 400;
            return;
        }

        http.Response.ContentType = "application/json";
        var body = http.Response.BodyWriter;
        body.Write("{\"access_token\":\""u8);
        tokens.WriteAccessToken(body, "cc-0001", "cc-0001", "read:files", grantId: null);
        body.Write("\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"scope\":\"read:files\"}"u8);
        await body.FlushAsync(http.RequestAborted);
    }
}
