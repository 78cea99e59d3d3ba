using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>
/// A private PostgreSQL that lives as long as this process. A shell stands between the two: it makes the cluster, waits until
/// its standard input closes (which the death of this process does too), then stops the cluster and deletes it.
/// </summary>
internal sealed class PostgresCluster : IDisposable
{
    private const string FolderPrefix = "authcore-tests-";
    private const string Ready = "ready";

    // ends also on Ctrl+C in the terminal, but in its own order: the signal is for the test run, not for the keeper
    private const string Keeper =
        """
        trap '' INT TERM HUP
        data="$FOLDER/data"
        finish() {
            "$BIN/pg_ctl" -D "$data" stop -m immediate -w >/dev/null 2>&1
            rm -rf "$FOLDER"
        }
        umask 077
        mkdir "$FOLDER" || exit 1
        printf '%s' "$SECRET" > "$FOLDER/password"
        if  "$BIN/initdb" -D "$data" -U postgres -A scram-sha-256 --pwfile="$FOLDER/password" \
                --encoding=UTF8 --locale=C $SYNC >"$FOLDER/log" 2>&1 \
            && rm "$FOLDER/password" \
            && printf '%s\n' "$SETTINGS" >> "$data/postgresql.conf" \
            && "$BIN/pg_ctl" -D "$data" -l "$FOLDER/log" -w -t 30 start >/dev/null 2>&1
        then echo ready; cat >/dev/null
        else tail -n 20 "$FOLDER/log" >&2
        fi
        finish
        """;

    private readonly Process _keeper;
    private readonly FileStream _alive;

    private PostgresCluster(Process keeper, FileStream alive, string connectionString)
    {
        _keeper = keeper;
        _alive = alive;
        ConnectionString = connectionString;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Of the superuser, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <param name="durable">True where commits must reach the disk, as a benchmark wants; tests need no crash safety.</param>
    public static async Task<PostgresCluster> StartAsync(bool durable)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new InvalidOperationException($"On Windows, start a PostgreSQL and name it in {Postgres.Variable}.");
        }

        var binaries = PostgresBinaries.Find() ?? throw new InvalidOperationException(
            $"No PostgreSQL found. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), or name a server in {Postgres.Variable}.");
        var root = PostgresUser.Folder();
        RemoveLeftovers(root, binaries);

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartOnceAsync(root, binaries, durable);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // the free port found was taken meanwhile
            }
        }
    }

    private static async Task<PostgresCluster> StartOnceAsync(string root, string binaries, bool durable)
    {
        var folder = Path.Combine(root, FolderPrefix + RandomNumberGenerator.GetHexString(12, lowercase: true));
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var port = FreePort();
        var alive = new FileStream(folder + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

        var keeper = Process.Start(PostgresUser.Run(new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            Environment =
            {
                ["BIN"] = binaries,
                ["FOLDER"] = folder,
                ["SECRET"] = password,
                ["SYNC"] = durable ? "" : "--no-sync",
                ["SETTINGS"] = Settings(port, durable),
            },
        }, "sh", "-c", Keeper))!;

        if (await keeper.StandardOutput.ReadLineAsync() != Ready)
        {
            var reason = await keeper.StandardError.ReadToEndAsync();
            await alive.DisposeAsync();
            keeper.Dispose();
            throw new InvalidOperationException("A private PostgreSQL did not start: " + reason);
        }

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        };
        return new PostgresCluster(keeper, alive, connection.ConnectionString);
    }

    private static string Settings(int port, bool durable)
    {
        var safety = durable ? "on" : "off";
        return $"""
            listen_addresses = '127.0.0.1'
            port = {port}
            unix_socket_directories = ''
            max_connections = 300
            fsync = {safety}
            synchronous_commit = {safety}
            full_page_writes = {safety}
            """;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Clusters whose lock is free belong to runs whose keeper was killed as well.</summary>
    private static void RemoveLeftovers(string root, string binaries)
    {
        foreach (var file in Directory.GetFiles(root, FolderPrefix + "*.lock"))
        {
            try
            {
                using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                using var removal = Process.Start(PostgresUser.Run(
                    new ProcessStartInfo
                    {
                        UseShellExecute = false,
                        WorkingDirectory = "/",
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                        Environment = { ["BIN"] = binaries, ["FOLDER"] = file[..^".lock".Length] },
                    },
                    "sh", "-c", "\"$BIN/pg_ctl\" -D \"$FOLDER/data\" stop -m immediate -w >/dev/null 2>&1; rm -rf \"$FOLDER\""))!;
                removal.WaitForExit(10_000);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // alive, or another user's
            }
        }
    }

    public void Dispose()
    {
        try
        {
            _keeper.StandardInput.Close();
            _keeper.WaitForExit(10_000);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // disposed before
        }

        _keeper.Dispose();
        _alive.Dispose();
    }
}
