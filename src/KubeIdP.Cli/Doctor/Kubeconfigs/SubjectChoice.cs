namespace KubeIdP.Cli.Doctor.Kubeconfigs;

/// <summary>Decides what is looked at.</summary>
internal static class SubjectChoice
{
    /// <param name="name">A context, a cluster or a client id; null for the current context.</param>
    /// <param name="issuer">The value of <c>--issuer</c>; null without one.</param>
    /// <param name="lastIssuer">That of the last login; null if nobody has signed in.</param>
    /// <exception cref="Misuse">There is nothing to look at, or several things.</exception>
    public static Chosen Choose(MergedKubeconfigs files, string? name, string? issuer, string? lastIssuer)
    {
        var ours = files.Ours.ToList();
        if (name is not null && Named(files, name) is { } named)
        {
            return named.Call is not null
                ? new Chosen(named, IssuerOf(named, issuer, lastIssuer), named.Call.ClientId)
                : throw new Misuse($"The context {named.Name} signs in without kubelogin or kubeidp, so there is nothing to check of it.");
        }

        if (name is not null && ours.Count > 0)
            throw new Misuse($"No kubeconfig has a context, a cluster or a client {name}. There are: {Names(ours)}.");

        if (name is null && Default(files, ours, issuer) is { } context)
            return new Chosen(context, IssuerOf(context, issuer, lastIssuer), context.Call!.ClientId);

        return (issuer ?? lastIssuer) is { } known
            ? new Chosen(null, known, name)
            : throw new Misuse("There is nothing to check: no kubeconfig has a context that signs in with kubelogin or kubeidp, and "
                + "nobody has signed in on this machine. Name a kubeconfig with --kubeconfig, or an issuer with --issuer.");
    }

    private static ContextEntry? Default(MergedKubeconfigs files, List<ContextEntry> ours, string? issuer)
    {
        if (ours.Find(context => context.Name == files.Current) is { } current) return current;

        var fitting = issuer is null ? ours : ours.FindAll(context => context.Call!.Issuer == issuer);
        return fitting.Count <= 1
            ? fitting.SingleOrDefault()
            : throw new Misuse($"The current context does not sign in with kubelogin or kubeidp. Name one that does: {Names(fitting)}.");
    }

    private static ContextEntry? Named(MergedKubeconfigs files, string name)
    {
        IEnumerable<ContextEntry> current = files.Contexts.Where(context => context.Name == files.Current);
        List<ContextEntry> all = [.. current, .. files.Contexts];
        return all.Find(context => context.Name == name)
            ?? all.Find(context => context.Call is not null && context.Cluster?.Name == name)
            ?? all.Find(context => context.Call?.ClientId == name)
            ?? all.Find(context => context.Cluster?.Name == name);
    }

    private static string IssuerOf(ContextEntry context, string? issuer, string? lastIssuer) =>
        context.Call!.Issuer ?? issuer ?? lastIssuer
            ?? throw new Misuse($"The context {context.Name} names no issuer, and nobody has signed in. Name it with --issuer.");

    private static string Names(IEnumerable<ContextEntry> contexts) => string.Join(", ", contexts.Select(context => context.Name));
}

/// <summary>What is looked at.</summary>
/// <param name="Context">Null without a kubeconfig: then only the issuer and the token can be checked.</param>
/// <param name="Issuer">As the plugin has it, byte for byte.</param>
/// <param name="ClientId">The cluster; null for the issuer alone.</param>
internal sealed record Chosen(ContextEntry? Context, string Issuer, string? ClientId);
