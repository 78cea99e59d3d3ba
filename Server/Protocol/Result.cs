using System.Diagnostics.CodeAnalysis;

namespace AuthCore.Protocol;

/// <summary>A value or a protocol error. <c>default</c> reads as an error, so a forgotten result grants nothing.</summary>
/// <typeparam name="T">The value on success.</typeparam>
public readonly struct Result<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly ProtocolError? _error;
    private readonly bool _ok;

    private Result(T value) => (_value, _ok) = (value, true);

    private Result(ProtocolError error) => _error = error;

    /// <summary>Takes the result apart: true with a value, or false with an error.</summary>
    public bool Try([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ProtocolError? error)
    {
        value = _value;
        error = _ok ? null : _error ?? ProtocolError.ServerError("a result was never set");
        return _ok;
    }

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value);

    /// <summary>A failure.</summary>
    public static implicit operator Result<T>(ProtocolError error) => new(error);

    internal static Result<T> Of(T value) => new(value);
}

/// <summary>For values whose type is an interface, from which C# allows no implicit conversion.</summary>
public static class Result
{
    /// <summary>A success.</summary>
    public static Result<T> Ok<T>(T value)
        where T : notnull => Result<T>.Of(value);
}
