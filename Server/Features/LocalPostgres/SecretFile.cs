using System.Security.Cryptography;

namespace AuthCore.Features.LocalPostgres;

/// <summary>A file with 32 random bytes in base64, for its owner alone. Once there it is never written again: all keys hang on it.</summary>
internal static class SecretFile
{
    /// <summary>Makes it where it is not there. Of two processes at once one makes it, and both find the same.</summary>
    public static void Ensure(string path)
    {
        if (File.Exists(path)) { return; }
        var draft = $"{path}.{Environment.ProcessId}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        try
        {
            Write(draft, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster; its secret stands.
        }
        finally
        {
            File.Delete(draft);
        }
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
