using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>One step of instructions.</summary>
/// <param name="Text">What to do, in whole sentences.</param>
/// <param name="Kind">What the content is; <see cref="GuideContent.None"/> if the step has none.</param>
/// <param name="Content">The file or the commands, complete, without a line break at the end; null if the step has none.</param>
/// <param name="File">The name or path that the file must have; null for commands, and for text that is added to an existing file.</param>
internal sealed record GuideStep(string Text, GuideContent Kind = GuideContent.None, string? Content = null, string? File = null)
{
    /// <param name="text">What to do.</param>
    /// <param name="commands">Commands for bash.</param>
    public static GuideStep Run(string text, string commands) => new(text, GuideContent.Shell, commands);

    public static GuideStep Write(string text, string file, GuideContent kind, string content) => new(text, kind, content, file);

    /// <summary>A part of a file that exists already.</summary>
    public static GuideStep Add(string text, GuideContent kind, string content) => new(text, kind, content);
}
