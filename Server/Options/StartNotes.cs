namespace AuthCore.Options;

/// <summary>Lines that a feature wants the operator to see at start; whoever prints need not know the feature.</summary>
internal static class StartNotes
{
    private const string Section = "AuthCore.StartNotes";

    public static void AddStartNote(this IConfigurationManager configuration, string title, string text) =>
        configuration.AddInMemoryCollection([KeyValuePair.Create($"{Section}:{title}", (string?)text)]);

    public static IEnumerable<(string Title, string Text)> ReadStartNotes(this IConfiguration configuration) =>
        configuration.GetSection(Section).GetChildren().Select(note => (note.Key, note.Value ?? ""));
}
