using System.Runtime.InteropServices;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Lets the database go however the server ends in order: with its host, before there was one, or with its terminal.</summary>
internal sealed class StopWithServer : IHostedService, IDisposable
{
    private readonly LocalDatabase database;
    private readonly PosixSignalRegistration[] beforeTheHost;
    private readonly PosixSignalRegistration always;

    private StopWithServer(LocalDatabase database)
    {
        this.database = database;
        beforeTheHost = [End(PosixSignal.SIGINT), End(PosixSignal.SIGTERM)];
        always = End(PosixSignal.SIGHUP);   // the host does not listen to it: the process ends at once
        AppDomain.CurrentDomain.ProcessExit += (_, _) => database.Dispose();
    }

    public static void Register(IServiceCollection services, LocalDatabase database)
    {
        var stop = new StopWithServer(database);
        services.AddHostedService(_ => stop);
    }

    /// <summary>From here on the host listens to the signals, and lets requests end before it disposes of this.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in beforeTheHost) { registration.Dispose(); }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        database.Dispose();
        always.Dispose();
    }

    private PosixSignalRegistration End(PosixSignal signal) => PosixSignalRegistration.Create(signal, _ => database.Dispose());
}
