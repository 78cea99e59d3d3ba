using System.Text.Json;

namespace AuthCore.Features.Config;

/// <summary>Compares by content: records with arrays in them are equal only by reference.</summary>
internal static class Same
{
    public static bool Content<T>(T one, T other)
        where T : notnull => JsonSerializer.Serialize(one) == JsonSerializer.Serialize(other);
}
