using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.SignedRequests;

/// <summary>The client's side of RFC 9101: keys, and objects signed with them.</summary>
internal static class Objects
{
    /// <summary>The client's key.</summary>
    public static SigningKey Key { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    /// <summary>Somebody else's.</summary>
    public static SigningKey OtherKey { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    /// <summary>RFC 7517 §5: the set of these keys' public halves.</summary>
    public static string SetOf(params SigningKey[] keys)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                key.PublicJwk.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A valid object of the client; tests change single members.</summary>
    public static JsonObject Claims(Client client, DateTimeOffset now, string issuer, string scope = "openid profile offline_access")
    {
        var claims = new JsonObject
        {
            ["iss"] = client.ClientId,
            ["aud"] = issuer,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.ToUnixTimeSeconds() + 300,
        };
        foreach (var (name, value) in TestBrowser.Request(client, scope))
        {
            claims[name] = value;
        }

        return claims;
    }

    /// <summary>The object with one member changed, or without it.</summary>
    public static JsonObject With(this JsonObject claims, string name, JsonNode? value)
    {
        var changed = claims.DeepClone().AsObject();
        changed.Remove(name);
        if (value is not null)
        {
            changed[name] = value.DeepClone();
        }

        return changed;
    }

    /// <summary>Signed.</summary>
    public static string Sign(this JsonObject claims, SigningKey? key = null, string typ = "oauth-authz-req+jwt") => SignText(claims.ToJsonString(), key, typ);

    /// <summary>Signed, whatever the text is.</summary>
    public static string SignText(string claims, SigningKey? key = null, string typ = "oauth-authz-req+jwt") => Jws.Sign(key ?? Key, typ, Encoding.UTF8.GetBytes(claims));

    /// <summary>Signed under a header of one's own.</summary>
    public static string SignUnder(string header, JsonObject claims)
    {
        var input = $"{Encode(header)}.{Encode(claims.ToJsonString())}";
        var signature = new byte[64];
        Key.Sign(Encoding.ASCII.GetBytes(input), signature);
        return $"{input}.{CanonicalBase64Url.Encode(signature)}";
    }

    /// <summary>Base64url of a text.</summary>
    public static string Encode(string text) => CanonicalBase64Url.Encode(Encoding.UTF8.GetBytes(text));
}
