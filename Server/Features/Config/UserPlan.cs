using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>A user of the file with the subject that is to be theirs.</summary>
/// <param name="Entry">As the file has it.</param>
/// <param name="Subject">Given, found by the username, or new.</param>
/// <param name="Stored">What the database has under the subject.</param>
internal sealed record PlannedUser(UserEntry Entry, string Subject, UserKeysRow? Stored)
{
    public IReadOnlyList<string> Keys { get; } = UserPlan.KeysOf(Entry);
}

/// <summary>Finds each user's subject, sees that no two are known by the same name or address, and orders the writes so that a name is free before it is taken.</summary>
internal static class UserPlan
{
    public static IReadOnlyList<string> KeysOf(UserEntry entry) =>
        [.. new[] { entry.User.Username, entry.User.Email }.OfType<string>().Select(UserStore.KeyOf).Distinct()];

    public static IReadOnlyList<PlannedUser> Make(IReadOnlyList<UserEntry> entries, IReadOnlyList<UserKeysRow> stored, Func<string> newSubject)
    {
        var named = entries.Select(entry => entry.User.Subject).Where(subject => subject.Length > 0).ToHashSet(StringComparer.Ordinal);
        var planned = entries.Select(entry =>
        {
            var subject = entry.User.Subject.Length > 0 ? entry.User.Subject
                : stored.FirstOrDefault(row => row.UsernameKey == UserStore.KeyOf(entry.User.Username) && !named.Contains(row.Subject))?.Subject ?? newSubject();
            return new PlannedUser(entry, subject, stored.FirstOrDefault(row => row.Subject == subject));
        }).ToList();

        var mine = planned.Select(user => user.Subject).ToHashSet(StringComparer.Ordinal);
        RefuseSharedKeys(planned);
        RefuseTakenKeys(planned, [.. stored.Where(row => !mine.Contains(row.Subject))]);
        return Ordered(planned);
    }

    private static void RefuseSharedKeys(IEnumerable<PlannedUser> users)
    {
        foreach (var same in users.SelectMany(user => user.Keys.Select(key => (Key: key, User: user))).GroupBy(pair => pair.Key, pair => pair.User, StringComparer.Ordinal))
        {
            foreach (var again in same.Skip(1))
            {
                again.Entry.Source.Fault(NameOf(again, same.Key), $"'{ConfigFaults.Printable(same.Key)}' is also that of the user in line {same.First().Entry.Source.Line}");
            }
        }
    }

    private static void RefuseTakenKeys(IEnumerable<PlannedUser> users, IReadOnlyList<UserKeysRow> others)
    {
        foreach (var (user, other) in users.SelectMany(user => others.Where(row => row.Keys.Intersect(user.Keys).Any()).Select(row => (user, row))))
        {
            var key = other.Keys.Intersect(user.Keys).First();
            user.Entry.Source.Fault(
                NameOf(user, key),
                $"'{ConfigFaults.Printable(key)}' belongs to the user '{ConfigFaults.Printable(other.Username)}' already in the database; if that is the same person, give sub: {ConfigFaults.Printable(other.Subject)}");
        }
    }

    private static List<PlannedUser> Ordered(List<PlannedUser> planned)
    {
        var ordered = new List<PlannedUser>();
        var waiting = planned;
        while (waiting.Count > 0)
        {
            var free = waiting.Where(user => !waiting.Any(other => other != user && other.Stored is { } row && row.Keys.Intersect(user.Keys).Any())).ToList();
            if (free.Count == 0)
            {
                foreach (var user in waiting)
                {
                    user.Entry.Source.Fault("username", "or email is exchanged with another user's; rename one of them in a start of its own");
                }

                return ordered;
            }

            ordered.AddRange(free);
            waiting = [.. waiting.Except(free)];
        }

        return ordered;
    }

    private static string NameOf(PlannedUser user, string key) => UserStore.KeyOf(user.Entry.User.Username) == key ? "username" : "email";
}
