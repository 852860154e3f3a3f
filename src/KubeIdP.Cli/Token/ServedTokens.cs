using System.Globalization;
using System.Text;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.Token;

/// <summary>
/// To which processes the current token of a cluster was handed out. client-go keeps a token until the time that it was told; if it asks
/// again before, an API server has refused the token (401). The file is a hint: it is appended to without a lock, and a line that is lost
/// or torn costs a sentence, never a login.
/// </summary>
internal sealed class ServedTokens(string path)
{
    private const int LargestFile = 64 * 1024;

    public bool Contains(ClientProcess client, ClusterRecord record)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= LargestFile
                && File.ReadLines(path).Contains(Line(client, record), StringComparer.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Add(ClientProcess client, ClusterRecord record)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length > LargestFile) File.Delete(path);

            using var file = new FileStream(path, StateFile.Appended());
            file.Write(Encoding.ASCII.GetBytes($"{Line(client, record)}\n"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Then a refused token is not recognised, and is replaced when its time comes.
        }
    }

    /// <summary>There is a new token, which nobody has yet.</summary>
    public void Clear()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Its lines name another token.
        }
    }

    private static string Line(ClientProcess client, ClusterRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"{client.Id} {client.Started} {record.Life.Since}");
}
