using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Runtime;

/// <summary>The services that every job needs.</summary>
internal sealed class JobServices(TimeProvider clock, Database database, StartupState startup, ILogger<BackgroundJob> log)
{
    public TimeProvider Clock => clock;

    public Database Database => database;

    public StartupState Startup => startup;

    public ILogger Log => log;
}
