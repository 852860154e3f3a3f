// Lists the namespaces by the kubeconfig that KUBECONFIG names, once for each line that it reads, and writes a line of names each time.
import { createInterface } from 'node:readline';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const api = config.makeApiClient(CoreV1Api);
for await (const _ of createInterface({ input: process.stdin })) {
  const list = await api.listNamespace();
  console.log(list.items.map((namespace) => namespace.metadata.name).join(' '));
}
