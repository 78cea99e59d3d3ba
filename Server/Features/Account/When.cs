using System.Globalization;

namespace AuthCore.Features.Account;

/// <summary>A moment as people say it. How long ago needs no time zone, which a server does not know of a browser.</summary>
public sealed record When
{
    private When(string text, string machine, string exact) => (Text, Machine, Exact) = (text, machine, exact);

    /// <summary>"3 hours ago", "1 March 2030".</summary>
    public string Text { get; }

    /// <summary>HTML <c>datetime</c>, in UTC.</summary>
    public string Machine { get; }

    /// <summary>"1 March 2030, 12:30 UTC".</summary>
    public string Exact { get; }

    /// <summary>How long ago, for what is less than a week old; else the day.</summary>
    public static When Of(DateTimeOffset then, DateTimeOffset now) => Make(then, AgoWords(then, now) ?? Day(then));

    /// <summary>The day, or "today" where it is less than a day ago.</summary>
    public static When DayOf(DateTimeOffset then, DateTimeOffset now) => Make(then, now - then < TimeSpan.FromHours(24) && Day(then) == Day(now) ? "today" : Day(then));

    private static When Make(DateTimeOffset then, string text) => new(
        text,
        then.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        then.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture));

    private static string? AgoWords(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalMinutes: < 2 } => "just now",
        { TotalHours: < 2 } ago => $"{(int)ago.TotalMinutes} minutes ago",
        { TotalDays: < 2 } ago => $"{(int)ago.TotalHours} hours ago",
        { TotalDays: < 7 } ago => $"{(int)ago.TotalDays} days ago",
        _ => null,
    };

    private static string Day(DateTimeOffset then) => then.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
