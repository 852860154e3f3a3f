# Lists the namespaces by the kubeconfig that KUBECONFIG names, once for each line that it reads, and writes a line of names each time.
import os
import sys

from kubernetes import client, config

config.load_kube_config(config_file=os.environ["KUBECONFIG"])
api = client.CoreV1Api()
for _ in iter(sys.stdin.readline, ""):
    print(*(namespace.metadata.name for namespace in api.list_namespace().items), flush=True)
