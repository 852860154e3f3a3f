namespace KubeIdP.Cli.Api;

/// <summary>What the content of a step is.</summary>
internal enum GuideContent
{
    None,

    /// <summary>Commands for bash.</summary>
    Shell,
    Yaml,
    Json,

    /// <summary>Certificates.</summary>
    Pem,

    /// <summary>Flags, one on each line.</summary>
    Text,
}
