using System.CommandLine;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

/// <summary>The reason for a change, for the audit log.</summary>
internal static class ReasonOption
{
    public static Option<string?> Create()
    {
        var reason = new Option<string?>("--reason") { Description = "The reason, for the audit log." };
        reason.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } text && ReasonText.Of(text) is null)
                given.AddError($"--reason takes one line of at most {ReasonText.MaxLength} characters.");
        });
        return reason;
    }

    /// <summary>For commands that end sessions.</summary>
    public static Option<bool> CreateTell(Option<string?> reason)
    {
        var tell = new Option<bool>(
            "--tell") { Description =
                "Show the reason to the people whose sessions end, on the login page. Without --tell they read only that an "
                + "administrator ended the session, and when." };
        tell.Validators.Add(given =>
        {
            if (given.GetValue(tell) && given.GetValue(reason) is null) given.AddError("--tell needs a --reason.");
        });
        return tell;
    }

    /// <summary>Adds it to a command that changes something.</summary>
    public static void AddReason(this Command command, Option<string?> reason, IVerbHost host)
    {
        command.Add(reason);
        if (!host.NeedsReason) return;

        reason.Description = "The reason, for the audit log; required.";
        command.Validators.Add(given =>
        {
            if (given.GetValue(reason) is null) given.AddError($"{command.Name} needs a --reason, for the audit log.");
        });
    }
}
