using Npgsql;

namespace AuthCore.Stores;

/// <summary>Reads a row's columns one after the other, in the order in which the statement names them: no look-up by name, nothing by reflection.</summary>
internal sealed class RowReader(NpgsqlDataReader row)
{
    private int _next;

    public string Text() => row.GetString(_next++);

    public string? TextOrNull() => IsNull() ? null : row.GetString(_next++);

    public string[] Texts() => row.GetFieldValue<string[]>(_next++);

    public string[]? TextsOrNull() => IsNull() ? null : row.GetFieldValue<string[]>(_next++);

    public byte[]? BytesOrNull() => IsNull() ? null : row.GetFieldValue<byte[]>(_next++);

    public bool Flag() => row.GetBoolean(_next++);

    public bool? FlagOrNull() => IsNull() ? null : row.GetBoolean(_next++);

    public int Number() => row.GetInt32(_next++);

    /// <summary>Of a key among those that were sent: from 0, where <c>ordinality</c> counts from 1.</summary>
    public int Place() => (int)row.GetInt64(_next++) - 1;

    public Guid Id() => row.GetGuid(_next++);

    public Guid? IdOrNull() => IsNull() ? null : row.GetGuid(_next++);

    public DateTimeOffset Time() => new(row.GetDateTime(_next++));

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : new DateTimeOffset(row.GetDateTime(_next++));

    // Passes over a column that is null.
    private bool IsNull()
    {
        if (!row.IsDBNull(_next))
        {
            return false;
        }

        _next++;
        return true;
    }
}
