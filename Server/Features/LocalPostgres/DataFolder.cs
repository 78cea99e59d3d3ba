using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>The user's folder for AuthCore, and where each thing lies in it.</summary>
internal sealed record DataFolder(string Path)
{
    // PostgreSQL refuses root, and its user cannot enter root's home.
    private const string RootsFolder = "/var/lib/authcore";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersMayPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string MasterKey => In("master.key");

    public string DatabasePassword => In("database.password");

    /// <summary>Held by one process while it starts or stops the database.</summary>
    public string StartLock => In("start.lock");

    /// <summary>Held, shared, by every server that uses the database.</summary>
    public string UsersLock => In("users.lock");

    /// <summary>What belongs to the user PostgreSQL runs as.</summary>
    public string Postgres => In("postgres");

    public string Cluster => System.IO.Path.Combine(Postgres, "data");

    /// <summary>Followed by something of its own for each try.</summary>
    public string UnfinishedCluster => System.IO.Path.Combine(Postgres, "unfinished.");

    /// <summary>Not in PostgreSQL's folder: root must not write where another user may have laid a link.</summary>
    public string PasswordForInitdb => In("initdb.password");

    public string Log => System.IO.Path.Combine(Postgres, "postgres.log");

    /// <summary>Creates the folder where it is not there.</summary>
    public static DataFolder Open(string? chosen)
    {
        var path = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(chosen) ? Usual() : chosen);
        if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(path); }
        else { Directory.CreateDirectory(path, Environment.IsPrivilegedProcess ? OthersMayPass : OwnerOnly); }

        return new DataFolder(path);
    }

    private static string Usual()
    {
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) { return RootsFolder; }

        // On Linux this is XDG_DATA_HOME, or ~/.local/share.
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? System.IO.Path.Combine(data, "authcore")
            : throw new StartupException("There is no home folder to keep data in: AUTHCORE__LOCALPOSTGRES__FOLDER names one.");
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
