using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Stores;

/// <summary>The values of many, each an array, for a statement that takes them apart by <c>unnest</c>.</summary>
internal static class Values
{
    public static NpgsqlParameter Of<T>(T[] items, Func<T, Guid> value) => new NpgsqlParameter<Guid[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, Guid?> value) => new NpgsqlParameter<Guid?[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, byte[]?> value) => new NpgsqlParameter<byte[]?[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, string?> value) => new NpgsqlParameter<string?[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <summary>Lists of words without spaces, each as one text, since arrays of arrays have to be even; <c>string_to_array(…, ' ')</c> makes a list of it again.</summary>
    public static NpgsqlParameter Of<T>(T[] items, Func<T, string[]> value) => Of(items, item => string.Join(' ', value(item)));

    public static NpgsqlParameter Of<T>(T[] items, Func<T, bool> value) => new NpgsqlParameter<bool[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, int> value) => new NpgsqlParameter<int[]> { TypedValue = [.. items.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, DateTimeOffset> value) =>
        new NpgsqlParameter<DateTime[]> { TypedValue = [.. items.Select(item => value(item).UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Of<T>(T[] items, Func<T, DateTimeOffset?> value) =>
        new NpgsqlParameter<DateTime?[]> { TypedValue = [.. items.Select(item => value(item)?.UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
