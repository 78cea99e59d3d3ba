namespace AuthCore.Features.LocalPostgres;

/// <summary>What a person is told where there is no database to be had.</summary>
internal static class StartupMessages
{
    public const string NoBinaries =
        """
        AuthCore found no PostgreSQL on this machine. Three ways out:
          1. Install PostgreSQL (apt install postgresql, brew install postgresql@17, or postgresql.org/download), and start again.
             AUTHCORE__LOCALPOSTGRES__BINARIES may name the folder that holds initdb and pg_ctl.
          2. docker compose up
          3. AUTHCORE__DATABASE with a connection string, such as Host=db.example;Database=authcore;Username=…;Password=…
        """;

    public static string WrongVersion(int? cluster, IEnumerable<int> found) =>
        cluster is null
            ? $"AuthCore found PostgreSQL {string.Join(", ", found)}, and needs {PostgresBinaries.Oldest} or newer."
            : $"""
               The local database was made by PostgreSQL {cluster}, and this machine has {string.Join(", ", found)}. The data are untouched. Ways out:
                 1. Install PostgreSQL {cluster} beside it; AUTHCORE__LOCALPOSTGRES__BINARIES may name its folder.
                 2. Set AUTHCORE__LOCALPOSTGRES__FOLDER to an empty folder, to begin anew.
               """;
}
