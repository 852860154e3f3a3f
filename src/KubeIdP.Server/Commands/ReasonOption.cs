using System.CommandLine;
using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>Why something is done.</summary>
internal static class ReasonOption
{
    public static Option<string?> Create()
    {
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit; needed with --server." };
        reason.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } text && ReasonField.Of(text) is null) given.AddError($"--reason takes a line of up to {ReasonField.MaxLength} characters.");
        });
        return reason;
    }

    /// <summary>Beside the reason of a verb by which sessions end.</summary>
    public static Option<bool> CreateTell(Option<string?> reason)
    {
        var tell = new Option<bool>("--tell") { Description = "Tell the reason to the people whose sessions end, where they sign in again. Without it they read that an administrator did it, and when." };
        tell.Validators.Add(given =>
        {
            if (given.GetValue(tell) && given.GetValue(reason) is null) given.AddError("--tell needs a --reason.");
        });
        return tell;
    }

    /// <summary>Adds it to a verb that changes something.</summary>
    public static void AddReason(this Command command, Option<string?> reason, CommandContext context)
    {
        command.Add(reason);
        command.Validators.Add(given =>
        {
            if (context.Server.IsGiven(given) && given.GetValue(reason) is null) given.AddError("--server needs a --reason: a line for the audit.");
        });
    }
}
