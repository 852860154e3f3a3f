using System.Buffers.Binary;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Forms;

/// <summary>
/// Lets each form be worked on once, by whichever replica, and keeps what it was answered. One conditional statement decides who begins.
/// </summary>
public sealed class SentFormStore(Database database)
{
    /// <summary>
    /// Forms of people who have proven nothing yet have so many places between them, and each a choice of a few. Under a flood a later form takes the place of an
    /// earlier one: whoever loses theirs loses the answer to a second click, nothing else.
    /// </summary>
    public const int SharedPlaces = 8_192;

    /// <summary>In bytes, for a shared place: a larger answer, which only an address of many kilobytes brings about, is not kept.</summary>
    public const int MaxSharedAnswer = 48 * 1024;

    private const int Choices = 3;

    /// <summary>So long nobody else begins with a form that somebody is working on; who takes longer has crashed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>So long the answer is there.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>And so long in a shared place.</summary>
    public static readonly TimeSpan SharedLifetime = TimeSpan.FromMinutes(1);

    private const string Place = "id IN (@own, @first, @second, @third) AND form = @form";

    /// <summary>Null when it was not sent before, or so long ago that this is forgotten.</summary>
    public Task<KnownForm?> FindAsync(byte[] form, CancellationToken ct) => database.FindAsync(
        $"SELECT answer FROM sent_forms WHERE {Place} AND expires_at > {database.Now}", row => new KnownForm(row.BytesOrNull("answer")), ct, PlaceOf(form));

    /// <summary>Begins to work on a form; false when somebody else does, or has done so.</summary>
    /// <param name="form">The whole digest.</param>
    /// <param name="isShared">Whether the sender has proven nothing.</param>
    /// <param name="ct">Nothing has begun when it is cancelled in time.</param>
    public async Task<bool> BeginAsync(byte[] form, bool isShared, CancellationToken ct)
    {
        if (!isShared) return await BeginAtAsync(form, form, mayPushOut: false, ct);

        for (var choice = 0; choice < Choices - 1; choice++)
        {
            if (await BeginAtAsync(SharedPlaceOf(form, choice), form, mayPushOut: false, ct)) return true;
            if (await FindAsync(form, ct) is not null) return false;
        }

        return await BeginAtAsync(SharedPlaceOf(form, Choices - 1), form, mayPushOut: true, ct);
    }

    public Task AnswerAsync(byte[] form, byte[] answer, TimeSpan lifetime, CancellationToken ct) => database.ExecuteAsync(
        $"UPDATE sent_forms SET answer = @answer, expires_at = {database.Now} + @lifetime WHERE {Place}", ct,
        [("answer", answer), ("lifetime", lifetime), .. PlaceOf(form)]);

    /// <summary>There will be no answer: the form may be sent again.</summary>
    public Task ForgetAsync(byte[] form, CancellationToken ct) => database.ExecuteAsync($"DELETE FROM sent_forms WHERE {Place}", ct, PlaceOf(form));

    public Task PruneAsync(CancellationToken ct) => database.ExecuteAsync($"DELETE FROM sent_forms WHERE expires_at <= {database.Now}", ct);

    private async Task<bool> BeginAtAsync(byte[] place, byte[] form, bool mayPushOut, CancellationToken ct) => await database.ExecuteAsync($"""
        INSERT INTO sent_forms (id, form, expires_at) VALUES (@id, @form, {database.Now} + @lease)
        ON CONFLICT (id) DO UPDATE SET form = excluded.form, expires_at = excluded.expires_at, answer = NULL
        WHERE sent_forms.expires_at <= {database.Now} OR (@push = 1 AND sent_forms.form <> excluded.form)
        """, ct, ("id", place), ("form", form), ("lease", Lease), ("push", mayPushOut ? 1 : 0)) == 1;

    /// <summary>Wherever the form may be.</summary>
    private static (string, object?)[] PlaceOf(byte[] form) =>
        [("own", form), ("first", SharedPlaceOf(form, 0)), ("second", SharedPlaceOf(form, 1)), ("third", SharedPlaceOf(form, 2)), ("form", form)];

    private static byte[] SharedPlaceOf(byte[] form, int choice)
    {
        var place = BinaryPrimitives.ReadUInt16BigEndian(form.AsSpan(choice * sizeof(ushort))) % SharedPlaces;
        return [(byte)(place >> 8), (byte)place];
    }
}
