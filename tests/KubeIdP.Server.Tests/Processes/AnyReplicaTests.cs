using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A balancer without sticky sessions: each request reaches another replica than the one before.</summary>
public sealed class AnyReplicaTests(SharedReplicas shared) : ReplicaTests(shared)
{
    [Fact]
    public async Task A_login_continues_at_whichever_replica_its_next_request_reaches()
    {
        var account = await Replicas.AddAccountAsync(Ct);
        using var balancer = new Balancer(Replicas.A.CreateHandler(), Replicas.B.CreateHandler());
        using var browser = new BrowserClient(balancer, Replicas.A.Issuer);

        // First with enrolment, recovery codes and all, then with a factor that is there, then with nothing but the question.
        var first = await Replicas.A.CreateClient().LogInAsync(browser, account, Ct);
        await (await browser.GoAsync(new Uri($"{browser.Home}/logout"), Ct)).PressAsync("Sign out", Ct);
        var second = await Replicas.B.CreateClient().LogInAsync(browser, account, Ct);
        var third = await Replicas.A.CreateClient().LogInAsync(browser, account, Ct);

        Assert.All([first, second, third], tokens => Assert.True(tokens.IsSuccess, tokens.Text));
        Assert.True(balancer.Sent.A > 3 && balancer.Sent.B > 3, $"{balancer.Sent}");
    }

    private sealed class Balancer(HttpMessageHandler a, HttpMessageHandler b) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker toA = new(a);
        private readonly HttpMessageInvoker toB = new(b);

        public (int A, int B) Sent { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isForA = Sent.A <= Sent.B;
            Sent = isForA ? (Sent.A + 1, Sent.B) : (Sent.A, Sent.B + 1);
            return (isForA ? toA : toB).SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                toA.Dispose();
                toB.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
