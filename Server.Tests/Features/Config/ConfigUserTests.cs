namespace AuthCore.Tests.Features.Config;

public sealed class ConfigUserTests : IAsyncLifetime
{
    private const string Ann = "users:\n  - username: ann\n    password: first password";

    private ConfigHarness _server = null!;

    public async ValueTask InitializeAsync() => _server = await ConfigHarness.CreateAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_password_changed_elsewhere_is_not_undone_until_the_entry_changes()
    {
        await _server.ApplyAsync(Ann);
        await _server.ExecuteAsync("update users set password_hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'");   // of "U*U"

        await _server.ApplyAsync(Ann);
        Assert.True(await _server.SignsInAsync("ann", "U*U"));

        await _server.ApplyAsync(Ann.Replace("first", "second", StringComparison.Ordinal));
        Assert.True(await _server.SignsInAsync("ann", "second password"));
    }

    [Fact]
    public async Task A_password_left_out_leaves_the_stored_one()
    {
        await _server.ApplyAsync(Ann);

        await _server.ApplyAsync("users:\n  - username: ann");

        Assert.True(await _server.SignsInAsync("ann", "first password"));
    }

    [Theory]
    [InlineData("update users set password_hash = null")]
    [InlineData("update users set password_hash = 'unreadable'")]
    [InlineData("delete from config_entries")]
    public async Task A_lost_hash_or_fingerprint_is_made_anew(string lose)
    {
        await _server.ApplyAsync(Ann);
        await _server.ExecuteAsync(lose);

        Assert.Equal(["password of user ann"], (await _server.ApplyAsync(Ann)).Written);
        Assert.True(await _server.SignsInAsync("ann", "first password"));
    }

    [Fact]
    public async Task Under_another_master_key_the_password_is_hashed_again()
    {
        await _server.ApplyAsync(Ann);
        _server.MasterKey[0] = 1;

        Assert.Equal(["password of user ann"], (await _server.ApplyAsync(Ann)).Written);
    }

    [Fact]
    public async Task Equal_passwords_of_two_users_leave_different_fingerprints()
    {
        await _server.ApplyAsync("users: [{username: ann, password: same}, {username: bea, password: same}]");

        var prints = (await _server.Entries.ListAsync(TestContext.Current.CancellationToken)).Select(entry => Convert.ToHexString(entry.Fingerprint!)).ToList();
        Assert.Equal(2, prints.Distinct().Count());
    }

    [Fact]
    public async Task A_hash_of_another_system_is_taken_as_it_is()
    {
        await _server.ApplyAsync("users:\n  - username: ann\n    password_hash: $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");

        Assert.True(await _server.SignsInAsync("ann", "U*U"));
    }

    [Fact]
    public async Task Updated_at_moves_with_the_persons_data_alone()
    {
        await _server.ApplyAsync(Ann);
        var first = (await _server.UserAsync("ann")).UpdatedAt;
        _server.Time.Advance(TimeSpan.FromHours(1));

        await _server.ApplyAsync(Ann + "\n    disabled: true");
        await _server.ApplyAsync(Ann.Replace("first", "second", StringComparison.Ordinal));
        Assert.Equal(first, (await _server.UserAsync("ann")).UpdatedAt);

        await _server.ApplyAsync(Ann + "\n    name: Ann");
        Assert.Equal(first.AddHours(1), (await _server.UserAsync("ann")).UpdatedAt);
    }

    [Fact]
    public async Task A_subject_made_at_the_first_start_stays()
    {
        await _server.ApplyAsync(Ann);
        var subject = (await _server.UserAsync("ann")).Subject;

        await _server.ApplyAsync(Ann.Replace("username: ann", "username: Ann", StringComparison.Ordinal));
        Assert.Equal(subject, (await _server.UserAsync("Ann")).Subject);

        await _server.ApplyAsync($"users:\n  - username: anna\n    sub: {subject}");
        Assert.Equal(subject, (await _server.UserAsync("anna")).Subject);
        Assert.Single(await _server.Users.ListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("users:\n  - username: ann\n    sub: another", "2: user: username 'ann' belongs to the user 'ann'")]
    [InlineData("users:\n  - username: bea\n    email: ANN@example.com", "3: user: email 'ann@example.com' belongs to the user 'ann'")]
    [InlineData("users:\n  - username: ann@example.com", "2: user: username 'ann@example.com' belongs to the user 'ann'")]
    public async Task A_name_or_address_of_somebody_in_the_database_is_refused(string yaml, string fault)
    {
        await _server.ApplyAsync("users: [{username: ann, email: ann@example.com, sub: the-first}]");

        var message = await _server.FaultsOfAsync(yaml);
        Assert.Contains("authcore.yaml:" + fault, message, StringComparison.Ordinal);
        Assert.Contains("give sub: the-first", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_may_be_handed_on_in_any_order_but_not_exchanged()
    {
        await _server.ApplyAsync("users: [{username: one, sub: a}, {username: two, sub: b}]");

        await _server.ApplyAsync("users: [{username: two, sub: a}, {username: three, sub: b}]");
        Assert.Equal("a", (await _server.UserAsync("two")).Subject);

        Assert.Contains("is exchanged with another user's", await _server.FaultsOfAsync("users: [{username: three, sub: a}, {username: two, sub: b}]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_user_may_take_the_name_another_gives_up()
    {
        await _server.ApplyAsync("users: [{username: one, sub: a}]");

        await _server.ApplyAsync("users: [{username: one}, {username: two, sub: a}]");

        Assert.Equal("a", (await _server.UserAsync("two")).Subject);
        Assert.NotEqual("a", (await _server.UserAsync("one")).Subject);
    }
}
