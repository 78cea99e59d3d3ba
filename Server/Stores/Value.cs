using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Stores;

/// <summary>The values of a statement that is written with <c>$1</c>, <c>$2</c>, …: sent as they stand, each with its type.</summary>
internal static class Value
{
    public static NpgsqlParameter Of(Guid value) => new NpgsqlParameter<Guid> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of(Guid? value) => value is { } id ? Of(id) : Null(NpgsqlDbType.Uuid);

    public static NpgsqlParameter Of(byte[]? value) => value is null ? Null(NpgsqlDbType.Bytea) : new NpgsqlParameter<byte[]> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Of(string? value) => value is null ? Null(NpgsqlDbType.Text) : new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Of(string?[]? value) =>
        value is null ? Null(NpgsqlDbType.Array | NpgsqlDbType.Text) : new NpgsqlParameter<string?[]> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    public static NpgsqlParameter Of(bool value) => new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter Of(DateTimeOffset value) => new NpgsqlParameter<DateTime> { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Of(DateTimeOffset? value) => value is { } time ? Of(time) : Null(NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter Null(NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = DBNull.Value };
}

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
