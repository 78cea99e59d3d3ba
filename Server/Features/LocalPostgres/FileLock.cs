namespace AuthCore.Features.LocalPostgres;

/// <summary>Locks that end with their process, however it ends: flock on Unix, share modes on Windows.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Null where somebody else holds the file, shared or not.</summary>
    public static FileStream? TryExclusive(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Null where somebody holds the file exclusively.</summary>
    public static FileStream? TryShared(string path) => TryOpen(path, FileAccess.Read, FileShare.Read);

    public static async Task<FileStream?> WaitExclusiveAsync(string path, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        for (; ; )
        {
            if (TryExclusive(path) is { } held) { return held; }
            if (time.GetElapsedTime(began) > limit) { return null; }
            await Task.Delay(Pause, time, ct);
        }
    }

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = access, Share = share };
            if (!OperatingSystem.IsWindows()) { options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; }
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
