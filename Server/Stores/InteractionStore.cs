using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>interactions</c>. Answers are taken only while it is neither completed nor denied nor over.</summary>
internal sealed class InteractionStore(Database database)
{
    private const string IsOpen = "id = @id and completed_at is null and denied_at is null and expires_at > @now";

    /// <summary>Keeps the request.</summary>
    public Task CreateAsync(NewInteraction interaction, CancellationToken ct)
    {
        var request = interaction.Request;
        return database.ExecuteAsync(
            """
            insert into interactions (
                id, handle_hash, browser_hash, created_at, expires_at, client_id, redirect_uri, redirect_uri_sent, response_mode, state, nonce, scope, resource,
                code_challenge, confirmation, prompt, max_age, login_hint, hinted_subject, acr_values, claims, pushed_until)
            values (
                @Id, @HandleHash, @BrowserHash, @Now, @ExpiresAt, @ClientId, @RedirectUri, @RedirectUriSent, @ResponseMode, @State, @Nonce, @Scope, @Resource,
                @CodeChallenge, @Confirmation, @Prompt, @MaxAge, @LoginHint, @HintedSubject, @AcrValues, @Claims, @PushedUntil)
            """,
            new
            {
                interaction.Id, interaction.HandleHash, interaction.BrowserHash, interaction.Now, interaction.ExpiresAt, interaction.PushedUntil, request.ClientId, RedirectUri = request.RedirectUri.Value, RedirectUriSent = request.RedirectUri.WasSent,
                request.ResponseMode, request.State, request.Nonce, request.Scope, request.Resource, request.CodeChallenge, request.Confirmation, request.Prompt, request.MaxAge,
                request.LoginHint, request.HintedSubject, request.AcrValues, Claims = request.Claims?.Json,
            },
            ct);
    }

    /// <summary>The interaction, whatever its state, or null.</summary>
    public async Task<Interaction?> FindAsync(Guid id, byte[] handleHash, CancellationToken ct) =>
        (await database.FindAsync<Row>(
            """
            select id, browser_hash, created_at, expires_at, completed_at, client_id, redirect_uri, redirect_uri_sent, response_mode, state, nonce, scope, resource,
                   code_challenge, confirmation, prompt, max_age, login_hint, hinted_subject, acr_values, claims, account_chosen_at, consented_subject, consented_scope, denied_at,
                   pushed_until
            from   interactions
            where  id = @id and handle_hash = @handleHash
            """,
            new { id, handleHash }, ct))?.ToInteraction();

    /// <summary>Binds an unbound interaction to the first browser that comes for it.</summary>
    /// <returns>False where another was faster.</returns>
    public async Task<bool> TryBindAsync(Guid id, byte[] browserHash, DateTimeOffset now, CancellationToken ct) =>
        await database.ExecuteAsync($"update interactions set browser_hash = @browserHash where browser_hash is null and {IsOpen}", new { id, browserHash, now }, ct) == 1;

    /// <summary>RFC 9126 §4: the browser has come with the <c>request_uri</c>. The interaction is its own from now on, and begins now.</summary>
    /// <returns>False where another was faster, or the time is over.</returns>
    public async Task<bool> TryEnterAsync(Guid id, string clientId, byte[] browserHash, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken ct) =>
        await database.ExecuteAsync(
            $"""
             update interactions set browser_hash = @browserHash, created_at = @now, expires_at = @expiresAt
             where  browser_hash is null and pushed_until > @now and client_id = @clientId and {IsOpen}
             """,
            new { id, clientId, browserHash, now, expiresAt }, ct) == 1;

    /// <summary>The person chose the account that is signed in.</summary>
    public Task ChooseAccountAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync($"update interactions set account_chosen_at = @now where {IsOpen}", new { id, now }, ct);

    /// <summary>The person answered the consent page, and the answer is remembered: what was ticked joins what was ticked before, what was left unticked now is declined.</summary>
    /// <returns>False where the interaction is over: then nothing is remembered either.</returns>
    public async Task<bool> TryConsentAsync(Guid id, string subject, Consent answer, DateTimeOffset now, CancellationToken ct) =>
        await database.ExecuteAsync(
            $"""
             with answered as (
                 update interactions set consented_at = @now, consented_subject = @subject, consented_scope = @Granted
                 where  {IsOpen}
                 returning client_id)
             insert into consents (subject, client_id, granted, declined, targets, granted_at, updated_at)
             select @subject, client_id, @Granted, @Declined, @Targets, @now, @now from answered
             on conflict (subject, client_id) do update set
                 granted    = array(select unnest(consents.granted)  union select unnest(@Granted)  except select unnest(@Declined)),
                 declined   = array(select unnest(consents.declined) union select unnest(@Declined) except select unnest(@Granted)),
                 targets    = array(select t from unnest(consents.targets) t where split_part(t, ' ', 1) <> all(@Declined) union select unnest(@Targets)),
                 updated_at = @now
             """,
            new { id, subject, answer.Granted, answer.Declined, answer.Targets, now }, ct) == 1;

    /// <summary>The person said no; that is final.</summary>
    public Task DenyAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync($"update interactions set denied_at = @now where {IsOpen}", new { id, now }, ct);

    /// <summary>The client was answered with an error.</summary>
    /// <returns>False where it was answered before.</returns>
    public async Task<bool> TryCompleteAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        await database.ExecuteAsync("update interactions set completed_at = @now where id = @id and completed_at is null", new { id, now }, ct) == 1;

    private sealed record Row
    {
        public Guid Id { get; init; }

        public byte[]? BrowserHash { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset? CompletedAt { get; init; }

        public string ClientId { get; init; } = "";

        public string RedirectUri { get; init; } = "";

        public bool RedirectUriSent { get; init; }

        public string ResponseMode { get; init; } = "";

        public string? State { get; init; }

        public string? Nonce { get; init; }

        public string[] Scope { get; init; } = [];

        public string[] Resource { get; init; } = [];

        public string? CodeChallenge { get; init; }

        public string? Confirmation { get; init; }

        public string[] Prompt { get; init; } = [];

        public int? MaxAge { get; init; }

        public string? LoginHint { get; init; }

        public string? HintedSubject { get; init; }

        public string[] AcrValues { get; init; } = [];

        public string? Claims { get; init; }

        public DateTimeOffset? AccountChosenAt { get; init; }

        public string? ConsentedSubject { get; init; }

        public string[]? ConsentedScope { get; init; }

        public DateTimeOffset? DeniedAt { get; init; }

        public DateTimeOffset? PushedUntil { get; init; }

        public Interaction ToInteraction() => new()
        {
            Id = Id,
            BrowserHash = BrowserHash,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            CompletedAt = CompletedAt,
            AccountChosenAt = AccountChosenAt,
            ConsentedSubject = ConsentedSubject,
            ConsentedScope = ConsentedScope,
            DeniedAt = DeniedAt,
            PushedUntil = PushedUntil,
            Request = new AuthorizationRequest
            {
                ClientId = ClientId,
                RedirectUri = new ChosenRedirectUri(RedirectUri, RedirectUriSent),
                ResponseMode = ResponseMode,
                State = State,
                Nonce = Nonce,
                Scope = Scope,
                Resource = Resource,
                CodeChallenge = CodeChallenge,
                Confirmation = Confirmation,
                Prompt = Prompt,
                MaxAge = MaxAge,
                LoginHint = LoginHint,
                HintedSubject = HintedSubject,
                AcrValues = AcrValues,
                Claims = Claims is not null && ClaimsRequest.Parse(Claims).Try(out var claims, out _) ? claims : null,
            },
        };
    }
}
