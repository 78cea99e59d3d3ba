using Npgsql;

namespace AuthCore.Stores;

/// <summary>A statement made ready by one who leaves it to another to run.</summary>
/// <param name="Sql">A constant with <c>$1</c>, <c>$2</c>, …</param>
/// <param name="Values">In that order.</param>
internal sealed record Statement(string Sql, NpgsqlParameter[] Values)
{
    /// <summary>Never a value.</summary>
    public override string ToString() => Sql;
}
