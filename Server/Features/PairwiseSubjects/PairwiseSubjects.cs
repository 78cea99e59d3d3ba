using System.Security.Cryptography;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.PairwiseSubjects;

/// <summary>OIDC Core §8: <c>subject_type: pairwise</c>. The secret is read before the first request, so that naming somebody costs no round trip.</summary>
internal sealed class PairwiseSubjects(PairwiseSecretStore store, KeyEncryption encryption, TimeProvider clock) : ISubjectType, IHostedService
{
    private const string Purpose = "pairwise subjects";
    private const int SecretBytes = 32;

    private byte[]? _secret;

    /// <inheritdoc/>
    public string Name => SectorIdentifier.Pairwise;

    private byte[] Secret => _secret ?? throw new InvalidOperationException("The secret of pairwise subjects was not read.");

    /// <inheritdoc/>
    public string SubjectOf(Client client, string subject) => PairwiseNames.SubjectOf(Secret, SectorOf(client), subject);

    /// <inheritdoc/>
    public Guid SessionOf(Client client, Guid sessionId) => PairwiseNames.SessionOf(Secret, SectorOf(client), sessionId);

    /// <summary>Reads the secret, and makes it where there is none. Servers that start together end with the same.</summary>
    /// <exception cref="StartupException">The master key is not the one it was encrypted under.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var kept = await store.FindAsync(cancellationToken);
        if (kept is null)
        {
            await store.AddAsync(encryption.Encrypt(RandomNumberGenerator.GetBytes(SecretBytes), Purpose), clock.GetUtcNow(), cancellationToken);
            kept = await store.FindAsync(cancellationToken);   // whoever was first
        }

        _secret = encryption.TryDecrypt(kept, Purpose, out var secret) && secret.Length == SecretBytes ? secret : throw new StartupException(
            "The master key does not open the secret of pairwise subjects in this database: it was encrypted under another one. "
            + "Give the master key that this database was set up with (AUTHCORE__MASTERKEY or AUTHCORE__MASTERKEY_FILE).");
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Registration refuses a client without; should one come about otherwise, no name is better than one that sectors share.
    private static string SectorOf(Client client) =>
        SectorIdentifier.Of(client) ?? throw new InvalidOperationException($"The client {client.ClientId} is of no sector.");
}
