using System.Globalization;
using System.Text;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

/// <summary>Instructions as text for a terminal: Markdown, so that files and commands can be told from what is said about them.</summary>
internal static class GuideText
{
    /// <param name="guide">The instructions.</param>
    /// <param name="cluster">The name of the cluster.</param>
    public static string Of(ApiClusterInstructions guide, string cluster)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# {cluster}: {guide.Platform}\n");
        if (guide.Obstacles.Count > 0)
        {
            text.Append("\n**With the present configuration this can't work:**\n\n");
            foreach (var obstacle in guide.Obstacles)
                text.Append(CultureInfo.InvariantCulture, $"- {obstacle.What}\n  → {obstacle.Fix}\n");
        }

        if (guide.Notes.Count > 0) text.Append('\n');
        foreach (var note in guide.Notes) text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        for (var i = 0; i < guide.Steps.Count; i++) Append(text, i + 1, guide.Steps[i]);
        return OutsideText.Show(text.ToString().TrimEnd('\n'), TextKind.Lines);
    }

    private static void Append(StringBuilder text, int number, ApiClusterStep step)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n**{number}.** {step.Text}\n");
        if (step.Content is null) return;

        if (step.File is not null) text.Append(CultureInfo.InvariantCulture, $"\n`{step.File}`\n");
        text.Append(CultureInfo.InvariantCulture, $"\n```{FenceOf(step.Kind)}\n{step.Content}\n```\n");
    }

    private static string FenceOf(GuideContent kind) => kind switch
    {
        GuideContent.Shell => "sh",
        GuideContent.Yaml => "yaml",
        GuideContent.Json => "json",
        GuideContent.Pem => "pem",
        _ => "",
    };
}
