using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A balancer without sticky sessions: each request reaches another replica than the one before.</summary>
[Collection(nameof(TwoReplicas))]
public sealed class AnyReplicaTests(TwoReplicas replicas)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_goes_on_at_whichever_replica_its_next_request_reaches()
    {
        var account = await replicas.AddAccountAsync(Ct);
        using var balancer = new Balancer(replicas.A.CreateHandler(), replicas.B.CreateHandler());
        using var browser = new BrowserClient(balancer, replicas.A.Issuer);

        // First with enrolment, recovery codes and all, then with a factor that is there, then with nothing but the question.
        var first = await replicas.A.CreateClient().LogInAsync(browser, account, Ct);
        await (await browser.GoAsync(new Uri($"{browser.Home}/logout"), Ct)).PressAsync("Sign out", Ct);
        var second = await replicas.B.CreateClient().LogInAsync(browser, account, Ct);
        var third = await replicas.A.CreateClient().LogInAsync(browser, account, Ct);

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
