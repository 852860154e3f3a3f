namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>The numbers of the checks, which documentation and scripts name.</summary>
internal static class CheckNumber
{
    public const int Dns = 1;
    public const int Tls = 2;
    public const int Issuer = 3;
    public const int Clock = 4;
    public const int Keys = 5;
    public const int Audience = 6;
    public const int Identity = 7;
    public const int Size = 8;
    public const int Plugin = 9;
    public const int Proxy = 10;
    public const int ApiServer = 11;
    public const int SystemGroup = 12;
    public const int Revocation = 13;
}
