using System.Security.Cryptography;

namespace AuthCore.Features.LocalPostgres;

/// <summary>A file with 32 random bytes in base64, for its owner alone. Once there it is never written again: all keys hang on it.</summary>
internal static class SecretFile
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Makes it where it is not there. Of several processes at once one makes it, and all find the same.</summary>
    public static void Ensure(string path)
    {
        if (File.Exists(path)) { return; }

        // A move that must not overwrite is a look and a rename on Unix, not one act: hence the lock.
        using var turn = FileLock.WaitExclusiveAsync(path + ".lock", Limit, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult()
            ?? throw new IOException($"{path}.lock is held by another program.");
        if (File.Exists(path)) { return; }
        var draft = path + ".draft";
        Write(draft, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.Move(draft, path, overwrite: false);
    }

    /// <summary>Writes a file that nobody but its owner ever could read, down to the disk.</summary>
    public static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) { options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; }
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
        file.Flush(flushToDisk: true);
    }
}
