using System.Runtime.InteropServices;

namespace AuthCore.Features.LocalPostgres;

/// <summary>A signal that comes while the database starts waits until somebody can stop it in order; then the process ends by its ordinary exit.</summary>
internal sealed class EarlySignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;
    private volatile bool told;

    public EarlySignals() => registrations = [Hold(PosixSignal.SIGTERM), Hold(PosixSignal.SIGINT), Hold(PosixSignal.SIGHUP)];

    public void Dispose()
    {
        foreach (var registration in registrations) { registration.Dispose(); }
        if (told) { Environment.Exit(1); }
    }

    private PosixSignalRegistration Hold(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        told = true;
    });
}
