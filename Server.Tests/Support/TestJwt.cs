using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Jose;

namespace AuthCore.Tests.Support;

/// <summary>JWTs as others make them, right or wrong: the header is whatever the test says.</summary>
public static class TestJwt
{
    /// <summary>Signs these texts as they are.</summary>
    public static string Sign(SigningKey key, string header, string payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        var input = Encode(header) + "." + Encode(payload);
        var signature = new byte[1024];
        var length = key.Sign(Encoding.ASCII.GetBytes(input), signature);
        return input + "." + Base64Url.EncodeToString(signature.AsSpan(0, length));
    }

    /// <summary>Signs with `alg` and `kid` of the key, and these changes to the header; a change of null takes the member away.</summary>
    public static string Sign(SigningKey key, JsonObject payload, params (string Name, JsonNode? Value)[] header)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(payload);
        return Sign(key, Change(new JsonObject { ["alg"] = key.Algorithm.Name, ["kid"] = key.Kid }, header).ToJsonString(), payload.ToJsonString());
    }

    /// <summary>Sets members; null takes one away.</summary>
    public static JsonObject Change(JsonObject json, params (string Name, JsonNode? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(json);
        foreach (var (name, value) in changes)
        {
            json.Remove(name);
            if (value is not null)
            {
                json[name] = value.DeepClone();
            }
        }

        return json;
    }

    /// <summary>The other signature that ECDSA on P-256 allows for the same content, by whoever has seen one: (r, n − s).</summary>
    public static string Malleate(string compact)
    {
        ArgumentNullException.ThrowIfNull(compact);
        var end = compact.LastIndexOf('.') + 1;
        var signature = Base64Url.DecodeFromChars(compact.AsSpan(end));
        var order = System.Numerics.BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var s = order - new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var bytes = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        bytes.CopyTo(signature.AsSpan(64 - bytes.Length));
        return compact[..end] + Base64Url.EncodeToString(signature);
    }

    /// <summary>One public key as JSON.</summary>
    public static JsonObject JsonOf(Jwk key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            key.WriteTo(writer);
        }

        return JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
    }

    /// <summary>RFC 7517 §5: a JWK Set of the public halves.</summary>
    public static string SetOf(params SigningKey[] keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => JsonOf(key.PublicJwk))]) }.ToJsonString();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
